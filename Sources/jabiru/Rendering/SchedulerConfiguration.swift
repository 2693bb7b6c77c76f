import FoundationEssentials

/// A `KubeSchedulerConfiguration` that has kube-scheduler ask Jabiru.
///
/// Fields: k8s.io/kube-scheduler/config/v1; `v1` is served by Kubernetes 1.25 and later.
struct SchedulerConfiguration {
    /// Where the verbs are.
    var url: String
    /// Whether that is https.
    var isSecure: Bool
    /// What a score is multiplied with.
    var weight: Int
    /// How long an answer may take.
    var timeout: Duration
    /// The share of nodes to look at.
    var percentageOfNodesToScore: Int
    /// The profile's name.
    var schedulerName: String
    /// The scheduler's kubeconfig.
    var kubeconfig: String?
    /// Whether only names are sent.
    var nodeCacheCapable: Bool
    /// Whether the preempt verb is used.
    var preempt: Bool
    /// The extended resource by which pods are chosen.
    var managedResource: String?
    /// The authorities' file.
    var authorities: String?
    /// The client certificate's file.
    var certificate: String?
    /// The client key's file.
    var key: String?
    /// The name in the server's certificate.
    var serverName: String?

    /// Whether kube-scheduler takes a name for that of an extended resource: one with a domain that is not its own.
    static func isExtendedResource(_ name: String) -> Bool {
        guard name.utf8.count <= 253 + 1 + 63, !name.hasPrefix("requests."), !name.contains("kubernetes.io/") else {
            return false
        }
        let domain = /[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/
        let word = /[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?/
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].wholeMatch(of: domain) != nil && parts[1].wholeMatch(of: word) != nil
    }

    /// The file, with the reason of each value above it.
    func yaml() -> String {
        var lines = Lines()
        lines.comment(
            "Written by jabiru \(JabiruVersion.current), for kube-scheduler --config, Kubernetes 1.25 and later.")
        lines.add("apiVersion: kubescheduler.config.k8s.io/v1")
        lines.add("kind: KubeSchedulerConfiguration")
        addConnection(to: &lines)
        lines.add("profiles:")
        lines.add("  - schedulerName: \(Self.scalar(schedulerName))")
        lines.comment(
            """
            By default kube-scheduler stops looking once it has found some nodes that would do, a tenth of 5,000: the \
            ones that hold a pod's data may not be among them. 100 lets Jabiru see them all.
            """, indent: 4)
        lines.add("    percentageOfNodesToScore: \(percentageOfNodesToScore)")
        lines.comment("Extenders serve all profiles.")
        lines.add("extenders:")
        addExtender(to: &lines)
        return lines.text
    }

    private func addConnection(to lines: inout Lines) {
        lines.comment(
            """
            With --config, kube-scheduler no longer heeds --kubeconfig: it belongs here, unless kube-scheduler runs as \
            a pod with a service account.
            """)
        guard let kubeconfig else {
            lines.add("# clientConnection:")
            lines.add("#   kubeconfig: /etc/kubernetes/scheduler.conf")
            return
        }
        lines.add("clientConnection:")
        lines.add("  kubeconfig: \(Self.scalar(kubeconfig))")
    }

    private func addExtender(to lines: inout Lines) {
        lines.comment(
            """
            Where jabiru serve answers. On 127.0.0.1 beside kube-scheduler there is no network in between that could \
            fail, and no name to look up.
            """, indent: 2)
        lines.add("  - urlPrefix: \(Self.scalar(url))")
        lines.add("    filterVerb: filter")
        lines.add("    prioritizeVerb: prioritize")
        if preempt {
            lines.comment(
                "Without it, pods would be evicted from nodes that storage keeps the new pod from anyway.", indent: 4)
            lines.add("    preemptVerb: preempt")
        }
        lines.comment(
            """
            A score, 0 to 10, counts ten times the weight. kube-scheduler's own plugins add up to 1,400 at most by \
            default: from 14 on, data on the node outweighs them all, below they can outvote it.
            """, indent: 4)
        lines.add("    weight: \(weight)")
        lines.comment(
            """
            kube-scheduler places one pod at a time and waits for the answer, 5s by default. Jabiru answers within \
            milliseconds: where that fails, the pods in the queue should not have to wait.
            """, indent: 4)
        lines.add("    httpTimeout: \(timeout.goText)")
        lines.comment(
            """
            Pods are scheduled without Jabiru while it does not answer. Otherwise none could be, Jabiru's own pods \
            among them.
            """, indent: 4)
        lines.add("    ignorable: true")
        addNodeCache(to: &lines)
        addTLS(to: &lines)
        addManagedResource(to: &lines)
    }

    private func addNodeCache(to lines: inout Lines) {
        lines.comment(
            nodeCacheCapable
                ? """
                Only names of nodes are sent. With whole nodes each call carries megabytes, and kube-scheduler 1.36 \
                then rates every node as idle (kubernetes/kubernetes#141781).
                """
                : """
                Whole nodes are sent: megabytes with each call, and kube-scheduler 1.36 then rates every node as idle \
                (kubernetes/kubernetes#141781).
                """, indent: 4)
        lines.add("    nodeCacheCapable: \(nodeCacheCapable)")
    }

    private func addTLS(to lines: inout Lines) {
        guard isSecure else { return }
        guard authorities != nil || certificate != nil || serverName != nil else {
            lines.comment(
                """
                The https URL is enough for TLS with the system's authorities. enableHTTPS is left out on purpose: \
                without a caFile it would turn the check of the certificate off.
                """, indent: 4)
            return
        }
        if authorities != nil {
            lines.comment(
                "Safe only together with a caFile: without one it would turn the check of the certificate off.",
                indent: 4)
            lines.add("    enableHTTPS: true")
        } else {
            lines.comment(
                """
                enableHTTPS is left out on purpose: without a caFile it would turn the check of the certificate off. \
                The https URL is enough.
                """, indent: 4)
        }
        lines.comment("Paths as kube-scheduler sees them: in its container, they have to be mounted.", indent: 4)
        lines.add("    tlsConfig:")
        if let authorities { lines.add("      caFile: \(Self.scalar(authorities))") }
        if let certificate { lines.add("      certFile: \(Self.scalar(certificate))") }
        if let key { lines.add("      keyFile: \(Self.scalar(key))") }
        if let serverName { lines.add("      serverName: \(Self.scalar(serverName))") }
    }

    private func addManagedResource(to lines: inout Lines) {
        guard let managedResource else { return }
        lines.comment(
            """
            Only pods with a container that requests this resource are sent. No node offers it, so kube-scheduler must \
            not look for it there.
            """, indent: 4)
        lines.add("    managedResources:")
        lines.add("      - name: \(Self.scalar(managedResource))")
        lines.add("        ignoredByScheduler: true")
    }

    /// A text as a YAML scalar: plain where that is safe, else in double quotes as JSON has them.
    private static func scalar(_ text: String) -> String {
        if text.wholeMatch(of: /[A-Za-z\/][A-Za-z0-9\/._:-]*[A-Za-z0-9\/]/) != nil,
            !["true", "false", "yes", "no", "on", "off", "null"].contains(text.lowercased())
        {
            return text
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

/// Lines of a file, with comments wrapped to a readable width.
private struct Lines {
    private(set) var text = ""

    mutating func add(_ line: String) { text += line + "\n" }

    mutating func comment(_ sentence: String, indent: Int = 0) {
        let head = String(repeating: " ", count: indent) + "#"
        var line = head
        for word in sentence.split(separator: " ") {
            if line.count + 1 + word.count > 100 {
                add(line)
                line = head
            }
            line += " " + word
        }
        add(line)
    }
}
