// Writes a topology cache until it is killed: the other half of the kill test.
//
//     cache-writer CACHE A B
//
// replaces the topology in CACHE with those of the caches A and B in turn, for ever. It writes a line once it holds the
// cache, and then each generation when it is committed.
import Foundation
import Topology

let arguments = CommandLine.arguments
guard arguments.count == 4 else { fatalError("usage: cache-writer CACHE A B") }

let topologies = try arguments[2...].map { try TopologyCache(path: $0, access: .reader).topology() }
let cache = try TopologyCache(path: arguments[1], access: .writer)
// Not `print`, which would keep the lines until the buffer is full.
FileHandle.standardOutput.write(Data("writing\n".utf8))
for round in 0... {
    try cache.replace(with: topologies[round % 2], source: "round \(round)", at: .now)
    FileHandle.standardOutput.write(Data("\(try cache.state.generation)\n".utf8))
}
