import ArgumentParser

/// `jabiru scheduler-config`.
struct SchedulerConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scheduler-config",
        abstract: "Write kube-scheduler's configuration, with the reason for each value.",
        discussion: """
            For kube-scheduler --config, Kubernetes 1.25 and later.

            Examples:
              jabiru scheduler-config > scheduler-config.yaml
              jabiru scheduler-config --url https://jabiru:8099/jabiru --ca ca.crt
            """)

    @Option(help: ArgumentHelp("Where jabiru serve answers kube-scheduler.", valueName: "url"))
    var url = "http://127.0.0.1:8099/jabiru"

    @Option(help: ArgumentHelp("How much a score of Jabiru counts, 1 or more.", valueName: "number"))
    var weight: Int = 15

    @Option(help: ArgumentHelp("How long kube-scheduler waits for an answer.", valueName: "duration"))
    var timeout = DurationArgument(.seconds(1))

    @Option(
        help: ArgumentHelp(
            "Share of the nodes that kube-scheduler looks at, 0 to 100; 0 lets it choose.", valueName: "number"))
    var percentageOfNodesToScore: Int = 100

    @Option(help: ArgumentHelp("The scheduler that pods name in spec.schedulerName.", valueName: "name"))
    var schedulerName = "default-scheduler"

    @Option(
        help: ArgumentHelp(
            "Kubeconfig of kube-scheduler, such as /etc/kubernetes/scheduler.conf. (default: none)", valueName: "file"))
    var kubeconfig: String?

    @Flag(inversion: .prefixedNo, help: "Have only the names of nodes sent.")
    var nodeCacheCapable = true

    @Flag(inversion: .prefixedNo, help: "Have Jabiru asked when pods are to be evicted for another.")
    var preempt = true

    @Option(
        help: ArgumentHelp(
            "Have Jabiru asked only about pods that request this extended resource. (default: all pods)",
            valueName: "name"))
    var managedResource: String?

    @Option(
        help: ArgumentHelp(
            "Authorities for the certificate of an https URL, a file that kube-scheduler reads. (default: none)",
            valueName: "file"))
    var ca: String?

    @Option(
        help: ArgumentHelp("Certificate that kube-scheduler shows; needs --key. (default: none)", valueName: "file"))
    var cert: String?

    @Option(help: ArgumentHelp("The certificate's private key. (default: none)", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("Name in the server's certificate. (default: the URL's host)", valueName: "name"))
    var serverName: String?

    func validate() throws {
        guard let address = ServerAddress(url) else {
            throw ValidationError("--url is \"\(url)\": expected \(ServerAddress.expected), with a path")
        }
        if weight < 1 { throw ValidationError("--weight is \(weight): expected 1 or more") }
        if !(0...100).contains(percentageOfNodesToScore) {
            throw ValidationError("--percentage-of-nodes-to-score is \(percentageOfNodesToScore): expected 0 to 100")
        }
        if schedulerName.isEmpty { throw ValidationError("--scheduler-name is empty: expected a name") }
        if (cert == nil) != (key == nil) {
            throw ValidationError(cert == nil ? "--key needs --cert" : "--cert needs --key")
        }
        let hasTLSOptions = ca != nil || cert != nil || serverName != nil
        if hasTLSOptions, !address.isSecure {
            throw ValidationError("--ca, --cert, --key and --server-name need an https URL, --url is \"\(url)\"")
        }
        if let managedResource, !SchedulerConfiguration.isExtendedResource(managedResource) {
            throw ValidationError(
                "--managed-resource is \"\(managedResource)\": expected one such as jabiru.dev/storage")
        }
    }

    func run() throws {
        let address = ServerAddress(url)
        let configuration = SchedulerConfiguration(
            url: address?.text ?? url, isSecure: address?.isSecure ?? false, weight: weight, timeout: timeout.value,
            percentageOfNodesToScore: percentageOfNodesToScore, schedulerName: schedulerName, kubeconfig: kubeconfig,
            nodeCacheCapable: nodeCacheCapable, preempt: preempt, managedResource: managedResource,
            authorities: ca, certificate: cert, key: key, serverName: serverName)
        try StandardOutput.write(configuration.yaml())
    }
}
