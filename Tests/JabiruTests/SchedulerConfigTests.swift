import Testing
import Yams

@Suite(.timeLimit(.minutes(2)))
struct SchedulerConfigTests {
    private func configuration(_ outcome: Outcome) throws -> Node {
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try #require(try Yams.compose(yaml: outcome.output))
    }

    @Test func defaults() async throws {
        let outcome = try await Workplace().run("scheduler-config")
        let node = try configuration(outcome)
        #expect(node["apiVersion"]?.string == "kubescheduler.config.k8s.io/v1")
        #expect(node["kind"]?.string == "KubeSchedulerConfiguration")
        #expect(node["clientConnection"] == nil)
        #expect(node["profiles"]?[0]?["schedulerName"]?.string == "default-scheduler")
        #expect(node["profiles"]?[0]?["percentageOfNodesToScore"]?.int == 100)
        let extender = try #require(node["extenders"]?[0])
        #expect(extender["urlPrefix"]?.string == "http://127.0.0.1:8099/jabiru")
        #expect(extender["filterVerb"]?.string == "filter")
        #expect(extender["prioritizeVerb"]?.string == "prioritize")
        #expect(extender["preemptVerb"]?.string == "preempt")
        #expect(extender["weight"]?.int == 15)
        #expect(extender["httpTimeout"]?.string == "1s")
        #expect(extender["ignorable"]?.bool == true)
        #expect(extender["nodeCacheCapable"]?.bool == true)
        let keys = Set(extender.mapping?.keys.compactMap(\.string) ?? [])
        #expect(keys.isDisjoint(with: ["bindVerb", "enableHTTPS", "tlsConfig", "managedResources"]))
    }

    @Test func everyValueHasItsReasonAboveIt() async throws {
        let lines = try await Workplace().run("scheduler-config").output.split(separator: "\n")
        for field in [
            "percentageOfNodesToScore", "- urlPrefix", "preemptVerb", "weight", "httpTimeout", "ignorable",
            "nodeCacheCapable",
        ] {
            let index = try #require(lines.firstIndex { $0.drop { $0 == " " }.hasPrefix("\(field):") })
            #expect(lines[index - 1].drop { $0 == " " }.hasPrefix("# "), "\(field)")
        }
        #expect(lines.allSatisfy { $0.count <= 120 })
    }

    @Test func everythingElse() async throws {
        let node = try configuration(
            try await Workplace().run(
                "scheduler-config", "--url", "https://jabiru:8443/x/", "--weight", "3", "--timeout", "1500ms",
                "--percentage-of-nodes-to-score", "0", "--scheduler-name", "no: \"way\" # x", "--kubeconfig",
                "/etc/k c",
                "--no-node-cache-capable", "--no-preempt", "--managed-resource", "jabiru.dev/storage", "--ca", "/ca",
                "--cert", "/cert", "--key", "/key", "--server-name", "true"))
        #expect(node["clientConnection"]?["kubeconfig"]?.string == "/etc/k c")
        #expect(node["profiles"]?[0]?["schedulerName"]?.string == "no: \"way\" # x")
        #expect(node["profiles"]?[0]?["percentageOfNodesToScore"]?.int == 0)
        let extender = try #require(node["extenders"]?[0])
        #expect(extender["urlPrefix"]?.string == "https://jabiru:8443/x")
        #expect(extender["weight"]?.int == 3)
        #expect(extender["httpTimeout"]?.string == "1500ms")
        #expect(extender["preemptVerb"] == nil)
        #expect(extender["nodeCacheCapable"]?.bool == false)
        #expect(extender["enableHTTPS"]?.bool == true)
        #expect(extender["tlsConfig"]?["caFile"]?.string == "/ca")
        #expect(extender["tlsConfig"]?["certFile"]?.string == "/cert")
        #expect(extender["tlsConfig"]?["keyFile"]?.string == "/key")
        #expect(extender["tlsConfig"]?["serverName"]?.string == "true")
        // Quoted, so that it stays a string.
        #expect(extender["tlsConfig"]?["serverName"]?.scalar?.style == .doubleQuoted)
        #expect(extender["managedResources"]?[0]?["name"]?.string == "jabiru.dev/storage")
        #expect(extender["managedResources"]?[0]?["ignoredByScheduler"]?.bool == true)
    }

    /// kube-scheduler takes `enableHTTPS` without a CA for leave not to check the certificate.
    @Test func httpsWithoutAnAuthorityStaysVerified() async throws {
        for options in [["--timeout", "1s"], ["--server-name", "jabiru"]] {
            let node = try configuration(
                try await Workplace().run("scheduler-config", "--url", "https://jabiru:8443", options[0], options[1]))
            let extender = try #require(node["extenders"]?[0])
            #expect(extender["enableHTTPS"] == nil && extender["tlsConfig"]?["insecure"] == nil)
        }
    }

    @Test(arguments: [
        ["--weight", "0"], ["--weight", "x"], ["--percentage-of-nodes-to-score", "101"],
        ["--percentage-of-nodes-to-score=-1"], ["--url", "ftp://x"], ["--url", "127.0.0.1:8099"],
        ["--url", "http://x:99999"], ["--timeout", "0s"], ["--timeout", "1"], ["--scheduler-name", ""],
        ["--ca", "/ca"], ["--url", "https://x", "--cert", "/c"], ["--managed-resource", "cpu"],
        ["--managed-resource", "kubernetes.io/storage"], ["--managed-resource", "jabiru.dev/"],
    ])
    func wrongValues(options: [String]) async throws {
        let outcome = try await Workplace().run(arguments: ["scheduler-config"] + options)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("jabiru: "))
        #expect(outcome.errors.contains(options[options.count > 2 ? 2 : 0].prefix { $0 != "=" }), "\(outcome.errors)")
    }
}
