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

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let hashTrees = Target.Dependency.product(name: "HashTreeCollections", package: "swift-collections")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "jabiru",
    products: [
        .library(name: "Placement", targets: ["Placement"]),
        .library(name: "Topology", targets: ["Topology"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "Placement", dependencies: ["Topology"], swiftSettings: strict),
        .target(
            name: "Topology", dependencies: [grdb, hashTrees, logging, serviceLifecycle, yams], swiftSettings: strict),
        .target(name: "Telemetry", dependencies: [logging, metrics], swiftSettings: strict),
        .testTarget(name: "PlacementTests", dependencies: ["Placement", "Topology"], swiftSettings: strict),
        .executableTarget(
            name: "cache-writer", dependencies: ["Topology"], path: "Tests/Support/CacheWriter", swiftSettings: strict),
        .testTarget(name: "TopologyTests", dependencies: ["cache-writer", "Topology"], swiftSettings: strict),
        .testTarget(
            name: "TelemetryTests", dependencies: ["Telemetry", logging, metrics, metricsTestKit],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
