import Extender
import Testing
import Topology

@Suite("What is read of a pod")
struct PodScanTests {
    private func scan(_ pod: String) throws -> Pod {
        try scanArguments(Array(#"{"Pod":\#(pod),"NodeNames":[]}"#.utf8)).pod
    }

    @Test func allFields() throws {
        let pod = try scan(
            #"""
            {"metadata": {"name": "p", "namespace": "n", "uid": "u", "labels": null, "annotations": {
                "jabiru.dev/locality": "require\u002dlocal", "other": "\"{}\"", "jabiru.dev/n": null }},
             "spec": {"nodeName": "node-1", "volumes": [
                {"name": "a", "persistentVolumeClaim": {"claimName": "one", "readOnly": true}},
                {"name": "b", "emptyDir": {}},
                {"persistentVolumeClaim": {"claimName": "two"}, "name": "c"},
                {"name": "again", "persistentVolumeClaim": {"claimName": "one"}},
                {"ephemeral": {"volumeClaimTemplate": {"metadata": null, "spec": {
                    "resources": {"limits": {}, "requests": {"storage": "1Gi", "iops": "5"}},
                    "storageClassName": "fast"}}}, "name": "d"}]},
             "status": {"phase": "Pending"}}
            """#)
        #expect(
            pod
                == Pod(
                    namespace: "n", name: "p", uid: "u", node: "node-1",
                    annotations: ["jabiru.dev/locality": "require-local", "jabiru.dev/n": ""], claims: ["one", "two"],
                    ephemeral: [EphemeralVolume(name: "d", storageClass: "fast", requested: 1 << 30)]))
    }

    @Test(arguments: [
        #"{"metadata":{"name":"p"}}"#,
        #"{"metadata":{"name":"p","namespace":"","uid":""},"spec":{}}"#,
        #"{"metadata":{"name":"p","namespace":null,"uid":null,"annotations":null},"spec":null}"#,
        #"{"metadata":{"name":"p","annotations":{}},"spec":{"nodeName":null,"volumes":null}}"#,
        #"{"metadata":{"name":"p"},"spec":{"nodeName":"","volumes":[]}}"#,
        #"{"metadata":{"name":"p"},"spec":{"volumes":[{},{"name":"","persistentVolumeClaim":null,"ephemeral":null}]}}"#,
        #"{"Metadata":{"name":"q"},"metadata":{"Name":1,"name":"p","Namespace":"x"},"SPEC":[]}"#,
    ])
    func absentAndNull(_ pod: String) throws {
        #expect(try scan(pod) == Pod(namespace: "default", name: "p"))
    }

    @Test(
        arguments: [
            (#"{}"#, nil, nil),
            (#"{"volumeClaimTemplate":null}"#, nil, nil),
            (#"{"volumeClaimTemplate":{"spec":null}}"#, nil, nil),
            (#"{"volumeClaimTemplate":{"spec":{"storageClassName":null,"resources":null}}}"#, nil, nil),
            (#"{"volumeClaimTemplate":{"spec":{"storageClassName":"","resources":{"requests":null}}}}"#, "", nil),
            (#"{"volumeClaimTemplate":{"spec":{"resources":{"requests":{"storage":"much"}}}}}"#, nil, nil),
            (#"{"volumeClaimTemplate":{"spec":{"resources":{"requests":{"storage":null}}}}}"#, nil, nil),
            (#"{"volumeClaimTemplate":{"spec":{"resources":{"requests":{"storage":{"a":[]}}}}}}"#, nil, nil),
            (#"{"volumeClaimTemplate":{"spec":{"resources":{"requests":{"storage":4096}}}}}"#, nil, 4096),
            (#"{"volumeClaimTemplate":{"spec":{"resources":{"requests":{"storage":"1\u0047i"}}}}}"#, nil, 1 << 30),
        ] as [(String, String?, Int64?)])
    func ephemeral(_ source: String, _ storageClass: String?, _ requested: Int64?) throws {
        let pod = try scan(
            #"{"metadata":{"name":"p"},"spec":{"volumes":[{"name":"v","ephemeral":\#(source)}]}}"#)
        #expect(
            pod.ephemeral == [EphemeralVolume(name: "v", storageClass: storageClass, requested: requested)])
    }
}
