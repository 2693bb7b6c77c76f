import Topology

extension Endpoints {
    /// GET `/v1/topology`: the topology as a topology file, in JSON or, with `?format=yaml`, in YAML.
    func topology(format: String?) -> Answer {
        do {
            switch format ?? "json" {
            case "json": return Answer(text: TopologyFile.json(try cache.topology()), contentType: "application/json")
            case "yaml": return Answer(text: TopologyFile.yaml(try cache.topology()), contentType: "application/yaml")
            case let other:
                return Answer(status: 400, sentence: "format is \"\(other.prefix(40))\": expected json or yaml.")
            }
        } catch {
            return Answer(status: 500, sentence: "The topology cannot be read: \(error)")
        }
    }
}
