// swift-tools-version: 6.2

import PackageDescription

/// Settings every target of this package is built with.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioFoundationCompat = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hashTrees = Target.Dependency.product(name: "HashTreeCollections", package: "swift-collections")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let rainbow = Target.Dependency.product(name: "Rainbow", package: "Rainbow")

let package = Package(
    name: "jabiru",
    products: [
        .executable(name: "jabiru", targets: ["jabiru"]),
        .library(name: "Extender", targets: ["Extender"]),
        .library(name: "Placement", targets: ["Placement"]),
        .library(name: "Topology", targets: ["Topology"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
    ],
    targets: [
        .executableTarget(
            name: "jabiru",
            dependencies: [
                "Extender", "Placement", "Telemetry", "Topology",
                argumentParser, asyncHTTPClient, configuration, logging, metrics, nioCore, nioHTTP1, nioPosix, nioSSL,
                rainbow,
                serviceLifecycle, systemPackage, unixSignals, yams,
            ],
            swiftSettings: strict),
        .target(
            name: "Extender",
            dependencies: [
                "Placement", "Telemetry", "Topology",
                hummingbirdCore, httpTypes, logging, metrics, nioCore, nioHTTPTypes, nioPosix, nioSSL, serviceLifecycle,
            ],
            swiftSettings: strict),
        .target(name: "Placement", dependencies: ["Topology"], swiftSettings: strict),
        .target(
            name: "Topology", dependencies: [grdb, grdbSQLite, hashTrees, logging, serviceLifecycle, yams],
            swiftSettings: strict),
        .target(name: "Telemetry", dependencies: [logging, metrics], swiftSettings: strict),
        .executableTarget(
            name: "extender-bench", dependencies: ["Topology", argumentParser], path: "Benchmarks/ExtenderBench",
            swiftSettings: strict),

        // The other half of the cache's kill test.
        .executableTarget(
            name: "cache-writer", dependencies: ["Topology"], path: "Tests/Support/CacheWriter", swiftSettings: strict),
        .testTarget(
            name: "ExtenderTests",
            dependencies: [
                "Extender", "Placement", "Telemetry", "Topology",
                asn1, asyncHTTPClient, crypto, logging, metrics, nioCore, nioHTTP1, nioPosix, nioSSL, serviceLifecycle,
                x509,
            ],
            resources: [.copy("Recordings")],
            swiftSettings: strict),
        .testTarget(name: "PlacementTests", dependencies: ["Placement", "Topology"], swiftSettings: strict),
        .testTarget(name: "TopologyTests", dependencies: ["cache-writer", "Topology", logging], swiftSettings: strict),
        .testTarget(
            name: "TelemetryTests", dependencies: ["Telemetry", logging, metrics, metricsTestKit],
            swiftSettings: strict),
        .testTarget(
            name: "JabiruTests",
            dependencies: [
                "jabiru", "Placement", "Topology", asyncHTTPClient, nioCore, nioFoundationCompat, nioHTTP1, yams,
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
