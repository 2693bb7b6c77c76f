import Extender
import Testing
import Topology

@Suite("The lists of nodes and victims")
struct CandidateScanTests {
    private let pod = #""Pod":{"metadata":{"name":"p"}}"#

    @Test(arguments: [
        (#""NodeNames":[]"#, ScannedArguments.Form.names), (#""Nodes":null,"NodeNames":[ ]"#, .names),
        (#""Nodes":{"items":[]},"NodeNames":null"#, .nodes), (#""Nodes":{"items":null}"#, .nodes),
    ])
    func emptyLists(_ list: String, _ form: ScannedArguments.Form) throws {
        let scanned = try scanArguments(Array("{\(pod),\(list)}".utf8))
        #expect(scanned.form == form)
        #expect(scanned.candidates.isEmpty)
    }

    @Test func listsBeforeThePodAndUnknownFields() throws {
        let body = Array("{\"New\":[{\"a\":[null,true]}],\"NodeNames\" : [ \"b\" ,\n\"a\" ] , \(pod) }\r\n\t ".utf8)
        let scanned = try scanArguments(body)
        #expect(scanned.names(in: body) == ["b", "a"])
        #expect(scanned.pod.name == "p")
    }

    @Test func escapedNames() throws {
        let body = Array(#"{\#(pod),"NodeNames":["n\u006fde","plain","\ud83d\ude00é\/\b"]}"#.utf8)
        let scanned = try scanArguments(body)
        #expect(scanned.names(in: body) == ["node", "plain", "😀é/\u{8}"])
        #expect(scanned.candidates.map(\.name.hasEscape) == [true, false, true])
    }

    @Test func nodesAreWholeObjects() throws {
        let items = [
            #"{"metadata":{"name":"a","labels":{"name":"x"}},"spec":{}}"#,
            #"{ "kind": "Node", "metadata": {"uid": "}]", "name": "b"} , "new": [[{}]] }"#,
            #"{"status":{"metadata":{"name":"y"}},"metadata":{"name":"\u0063"}}"#,
        ]
        let body = Array("{\(pod),\"Nodes\":{\"metadata\":{},\"items\":[ \(items.joined(separator: " , ")) ]}}".utf8)
        let scanned = try scanArguments(body)
        #expect(scanned.names(in: body) == ["a", "b", "c"])
        #expect(scanned.candidates.map { String(decoding: body[$0.item], as: UTF8.self) } == items)
    }

    @Test func fiveThousandNames() throws {
        let names = (0..<5_000).map { "node-\($0)" }
        let body = Array("{\(pod),\"NodeNames\":[\(names.map { "\"\($0)\"" }.joined(separator: ","))]}".utf8)
        #expect(try scanArguments(body).names(in: body) == names)
    }

    /// The first element decides how much is reserved; the others may be smaller.
    @Test func moreNamesThanGuessed() throws {
        let names = [String(repeating: "x", count: 300)] + (0..<40_000).map { String($0) }
        let body = Array("{\(pod),\"NodeNames\":[\(names.map { "\"\($0)\"" }.joined(separator: ","))]}".utf8)
        #expect(try scanArguments(body).names(in: body) == names)
    }

    @Test func moreNodesThanAllowed() throws {
        let count = RequestScanner.nodeLimit
        let list = Array(repeating: Array("\"a\",".utf8), count: count).joined()
        let head = Array("{\(pod),\"NodeNames\":[".utf8)
        let accepted = try scanArguments(head + list.dropLast() + Array("]}".utf8))
        #expect(accepted.candidates.count == count)
        let error = scanError { () throws(ScanError) in
            _ = try scanArguments(head + list + Array("\"a\"]}".utf8))
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.path == "NodeNames[\(count)]")
    }

    @Test func victims() throws {
        let value = #"{"NumPDBViolations": -3, "New": {}, "Pods": [{"UID":"u1"}, {"x":1,"UID":"u2"}]}"#
        let body = Array(
            #"{\#(pod),"NodeNameToVictims":null,"NodeNameToMetaVictims":{"a":{"Pods":null},"b" : \#(value),"c":{}}}"#
                .utf8)
        let scanned = try scanPreemption(body)
        #expect(scanned.form == .metaVictims)
        #expect(scanned.nodes.map { $0.name.string(in: body) } == ["a", "b", "c"])
        #expect(scanned.nodes.map(\.uids) == [0..<0, 0..<2, 2..<2])
        #expect(scanned.nodes.map(\.numPDBViolations) == [0, -3, 0])
        #expect(scanned.uids.map { $0.string(in: body) } == ["u1", "u2"])
        #expect(String(decoding: body[scanned.nodes[1].value], as: UTF8.self) == value)
    }

    @Test func noVictims() throws {
        let scanned = try scanPreemption(Array(#"{\#(pod),"NodeNameToVictims":{}}"#.utf8))
        #expect(scanned.form == .victims)
        #expect(scanned.nodes.isEmpty)
    }
}
