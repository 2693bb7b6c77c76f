/// Four nodes in two zones, a volume whose replicas are in three states, and a claim that waits for a node.
let sampleTopology = """
    apiVersion: jabiru.dev/v1alpha1
    kind: Topology
    nodes:
    - {name: node-a, region: eu-west, zone: eu-west-a, rack: rack-00, addresses: [192.168.0.1],
       pools: [{name: ssd, engine: embedded, media: ssd, capacity: 500Gi, available: 320Gi}]}
    - {name: node-b, region: eu-west, zone: eu-west-a, rack: rack-00, storage: degraded,
       pools: [{name: ssd, engine: embedded, media: ssd, capacity: 500Gi, available: 100Gi}]}
    - {name: node-c, region: eu-west, zone: eu-west-b, storage: offline,
       pools: [{name: ssd, engine: embedded, capacity: 500Gi, available: 400Gi}]}
    - {name: node-d, region: eu-west, zone: eu-west-b,
       pools: [{name: ssd, engine: embedded, capacity: 500Gi, available: 5Gi}]}
    volumes:
    - {name: pvc-pg-0, engine: embedded, size: 20Gi, attachedTo: node-a,
       replicas: [{node: node-a}, {node: node-b, state: syncing, progress: 0.4}, {node: node-c}]}
    - {name: pvc-logs, engine: embedded, size: 1Gi, replicas: [{node: node-d}]}
    claims:
    - {namespace: default, name: data-pg-0, volume: pvc-pg-0, storageClass: replicated}
    - {namespace: default, name: late, storageClass: late-binding, requested: 10Gi}
    - {namespace: logs, name: logs, volume: pvc-logs, storageClass: replicated}
    storageClasses:
    - {name: late-binding, provisioner: csi.jabiru.dev, binding: WaitForFirstConsumer}
    - {name: replicated, provisioner: csi.jabiru.dev}
    pods:
    - {namespace: default, name: pg-0, claims: [data-pg-0, late]}
    - {namespace: logs, name: collector, node: node-d, claims: [logs]}
    """
