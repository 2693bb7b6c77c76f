import Extender
import Testing

/// A body that must be refused. The mark `‸` stands before the byte that the error must name.
struct MalformedRequest: CustomTestStringConvertible, Sendable {
    let code: ScanError.Code
    let path: String
    let marked: String
    let message: String

    init(_ code: ScanError.Code, _ path: String, _ marked: String, _ message: String) {
        self.code = code
        self.path = path
        self.marked = marked
        self.message = message
    }

    var bytes: [UInt8] { Array(marked.replacing("‸", with: "").utf8) }
    var offset: Int { marked.utf8.count - marked.drop { $0 != "‸" }.utf8.count }
    var testDescription: String { "\(code): \(marked.prefix(100))" }
}

extension MalformedRequest {
    private static let pod = #""Pod":{"metadata":{"name":"p"}}"#

    static let structure: [MalformedRequest] = [
        .init(.truncated, "", "‸", "expected an object, found the end of the body"),
        .init(.truncated, "", "  ‸", "expected an object, found the end of the body"),
        .init(.truncated, "", "{‸", "expected a field's name in quotes, found the end of the body"),
        .init(.truncated, "", #"{"Pod‸"#, "expected the end of a string, found the end of the body"),
        .init(.truncated, "", #"{"Pod"‸"#, "expected ':', found the end of the body"),
        .init(.truncated, "Pod", #"{"Pod":‸"#, "expected an object, found the end of the body"),
        .init(.truncated, "", "{\(pod),\"NodeNames\":[\"a\"]‸", "expected ',' or '}', found the end of the body"),
        .init(.wrongType, "", "‸[]", "expected an object, found an array"),
        .init(.wrongType, "", "‸\"a\"", "expected an object, found a string"),
        .init(.wrongType, "", "‸null", "expected an object, found null"),
        .init(.wrongType, "", "‸-1.5e3", "expected an object, found a number"),
        .init(.unexpectedByte, "", "‸x", "expected an object, found 'x'"),
        .init(.unexpectedByte, "", "{‸Pod:1}", "expected a field's name in quotes, found 'P'"),
        .init(.unexpectedByte, "", #"{"a"‸ 1}"#.replacing(" ", with: ""), "expected ':', found '1'"),
        .init(.unexpectedByte, "", #"{"a":1‸ "b":2}"#.replacing(" ", with: ""), "expected ',' or '}', found '\"'"),
        .init(.unexpectedByte, "", #"{"a":{}‸]"#, "expected ',' or '}', found ']'"),
        .init(.unexpectedByte, "", #"{"a":1,‸}"#, "expected a field's name in quotes, found '}'"),
        .init(.unexpectedByte, "a", #"{"a":{"b":1,‸}}"#, "expected a field's name in quotes, found '}'"),
        .init(.unexpectedByte, "a[1]", #"{"a":[1,‸]}"#, "expected a value, found ']'"),
        .init(.unexpectedByte, "a[0]", #"{"a":[1‸}"#, "expected ',' or ']', found '}'"),
        .init(.unexpectedByte, "a[0]", #"{"a":[‸,1]}"#, "expected a value, found ','"),
        .init(.unexpectedByte, "a", #"{"a":{‸]}"#, "expected a field's name in quotes, found ']'"),
        .init(.unexpectedByte, "a[0]", #"{"a":[‸}}"#, "expected a value, found '}'"),
        .init(.unexpectedByte, "a", #"{"a":{‸1:2}}"#, "expected a field's name in quotes, found '1'"),
        .init(.unexpectedByte, "a", #"{"a":tru‸x}"#, "expected true, found 'x'"),
        .init(.unexpectedByte, "a", #"{"a":‸True}"#, "expected a value, found 'T'"),
        .init(.unexpectedByte, "a", #"{"a":‸'b'}"#, "expected a value, found '''"),
        .init(.unexpectedByte, "a", "{\"a\":‸\u{a0}1}", "expected a value, found byte 0xc2"),
        .init(.unexpectedByte, "a", "{\"a\":‸\u{0c}1}", "expected a value, found byte 0x0c"),
        .init(.trailingData, "", "{\(pod),\"NodeNames\":[]} ‸{}", "expected the end of the body, found '{'"),
        .init(.byteOrderMark, "", "‸\u{feff}{}", "expected '{', found a byte order mark"),
    ]

    static let tokens: [MalformedRequest] = [
        .init(.invalidNumber, "a", #"{"a":‸01}"#, "a number must not start with a zero"),
        .init(.invalidNumber, "a", #"{"a":-‸}"#, "expected a digit"),
        .init(.invalidNumber, "a", #"{"a":1.‸}"#, "expected a digit"),
        .init(.invalidNumber, "a", #"{"a":1e‸}"#, "expected a digit"),
        .init(.invalidNumber, "a", #"{"a":1e+‸,"b":2}"#, "expected a digit"),
        .init(.unexpectedByte, "a", #"{"a":‸.5}"#, "expected a value, found '.'"),
        .init(.unexpectedByte, "a", #"{"a":‸+1}"#, "expected a value, found '+'"),
        .init(
            .controlCharacter, "a", "{\"a\":\"b‸\nccccccccccccc\"}",
            "a control character in a string must be escaped, found byte 0x0a"),
        .init(
            .controlCharacter, "a", "{\"a\":\"‸\u{1f}\"}",
            "a control character in a string must be escaped, found byte 0x1f"),
        .init(.invalidEscape, "a", #"{"a":"\‸x41"}"#, "expected one of \"\\/bfnrtu in an escape, found 'x'"),
        .init(.invalidEscape, "a", #"{"a":"\u00‸g0"}"#, "expected four hexadecimal digits in an escape, found 'g'"),
        .init(
            .invalidEscape, "a", #"{"a":"\u‸dc00"}"#,
            "expected a high surrogate before a low one in an escape, found 'd'"),
        .init(.invalidEscape, "a", #"{"a":"\ud800‸"}"#, "expected a low surrogate in an escape, found '\"'"),
        .init(.invalidEscape, "a", #"{"a":"\ud800\‸n"}"#, "expected a low surrogate in an escape, found 'n'"),
        .init(.invalidEscape, "a", #"{"a":"\ud800\u‸0041"}"#, "expected a low surrogate in an escape, found '0'"),
        .init(.truncated, "a", #"{"a":"\‸"#, "expected the rest of an escape, found the end of the body"),
        .init(.truncated, "a", #"{"a":"\u00‸"#, "expected four hexadecimal digits, found the end of the body"),
        .init(.truncated, "a", #"{"a":"\ud800‸"#, "expected a low surrogate, found the end of the body"),
    ]

    static let fields: [MalformedRequest] = [
        .init(.missingField, "", #"‸{"NodeNames":["a"]}"#, "the field Pod is missing"),
        .init(.missingField, "", "‸{\(pod)}", "the field NodeNames or Nodes is missing"),
        .init(
            .missingField, "", "‸{\(pod),\"Nodes\":null,\"NodeNames\":null}",
            "the field NodeNames or Nodes is missing"),
        .init(.missingField, "", "‸{\(pod),\"nodenames\":[]}", "the field NodeNames or Nodes is missing"),
        .init(.missingField, "Nodes", "{\(pod),\"Nodes\":‸{\"metadata\":{}}}", "the field items is missing"),
        .init(
            .missingField, "Nodes.items[1]", "{\(pod),\"Nodes\":{\"items\":[{\"metadata\":{\"name\":\"a\"}},‸{}]}}",
            "the field metadata is missing"),
        .init(
            .missingField, "Nodes.items[0].metadata",
            "{\(pod),\"Nodes\":{\"items\":[{\"metadata\":‸{\"uid\":\"a\"}}]}}", "the field name is missing"),
        .init(.missingField, "Pod", #"{"Pod":‸{"spec":{}},"NodeNames":[]}"#, "the field metadata is missing"),
        .init(
            .missingField, "Pod.metadata", #"{"Pod":{"metadata":‸{}},"NodeNames":[]}"#, "the field name is missing"),
        .init(
            .missingField, "Pod.spec.volumes[0].persistentVolumeClaim",
            #"{"Pod":{"spec":{"volumes":[{"persistentVolumeClaim":‸{}}]}}}"#, "the field claimName is missing"),
        .init(
            .missingField, "Pod.spec.volumes[0]", #"{"Pod":{"spec":{"volumes":[‸{"ephemeral":{}}]}}}"#,
            "the field name is missing"),
        .init(
            .duplicateField, "", "{\(pod),\"Nodes\":{\"items\":[]},‸\"NodeNames\":[]}",
            "NodeNames and Nodes must not both be given"),
        .init(.duplicateField, "", "{\(pod),‸\"Pod\":null}", #"the field "Pod" occurs more than once"#),
        .init(
            .duplicateField, "", "{\(pod),\"NodeNames\":null,‸\"NodeNames\":[]}",
            #"the field "NodeNames" occurs more than once"#),
        .init(
            .duplicateField, "Pod.metadata", #"{"Pod":{"metadata":{"name":"a",‸"n\u0061me":"b"}}}"#,
            #"the field "name" occurs more than once"#),
        .init(
            .duplicateField, "Pod.metadata.annotations",
            #"{"Pod":{"metadata":{"annotations":{"jabiru.dev/a":"b",‸"jabiru.dev/a":"b"}}}}"#,
            #"the field "jabiru.dev/a" occurs more than once"#),
        .init(
            .duplicateField, "Nodes.items[0].metadata",
            "{\(pod),\"Nodes\":{\"items\":[{\"metadata\":{\"name\":\"a\",‸\"name\":\"a\"}}]}}",
            #"the field "name" occurs more than once"#),
        .init(.emptyName, "NodeNames[1]", "{\(pod),\"NodeNames\":[\"a\",‸\"\"]}", "the name of a node is empty"),
        .init(.emptyName, "Pod.metadata.name", #"{"Pod":{"metadata":{"name":‸""}}}"#, "the name of the pod is empty"),
        .init(.wrongType, "NodeNames[0]", "{\(pod),\"NodeNames\":[‸null]}", "expected a string, found null"),
        .init(.wrongType, "NodeNames", "{\(pod),\"NodeNames\":‸\"a\"}", "expected an array or null, found a string"),
        .init(.wrongType, "Nodes", "{\(pod),\"Nodes\":‸[]}", "expected an object or null, found an array"),
        .init(
            .wrongType, "Nodes.items[0]", "{\(pod),\"Nodes\":{\"items\":[‸1]}}", "expected an object, found a number"),
        .init(.wrongType, "Pod", "{\"Pod\":‸null}", "expected an object, found null"),
        .init(
            .wrongType, "Pod.metadata.name", #"{"Pod":{"metadata":{"name":‸5}}}"#, "expected a string, found a number"),
        .init(
            .wrongType, "Pod.metadata.uid", #"{"Pod":{"metadata":{"uid":‸false}}}"#,
            "expected a string or null, found a boolean"),
        .init(
            .wrongType, "Pod.metadata.annotations.a", #"{"Pod":{"metadata":{"annotations":{"a":‸{}}}}}"#,
            "expected a string or null, found an object"),
        .init(
            .wrongType, "Pod.spec.volumes", #"{"Pod":{"spec":{"volumes":‸{}}}}"#,
            "expected an array or null, found an object"),
    ]

    static let preemption: [MalformedRequest] = [
        .init(
            .missingField, "", "‸{\(pod),\"NodeNameToVictims\":null}",
            "the field NodeNameToMetaVictims or NodeNameToVictims is missing"),
        .init(.missingField, "", #"‸{"NodeNameToVictims":{}}"#, "the field Pod is missing"),
        .init(
            .duplicateField, "", #"{"NodeNameToVictims":{},‸"NodeNameToMetaVictims":{}}"#,
            "NodeNameToMetaVictims and NodeNameToVictims must not both be given"),
        .init(
            .duplicateField, "NodeNameToMetaVictims", #"{"NodeNameToMetaVictims":{"a":{},‸"\u0061":{}}}"#,
            #"the field "a" occurs more than once"#),
        .init(
            .wrongType, "NodeNameToMetaVictims.a", #"{"NodeNameToMetaVictims":{"a":‸null}}"#,
            "expected an object, found null"),
        .init(
            .missingField, "NodeNameToMetaVictims.a.Pods[0]",
            #"{"NodeNameToMetaVictims":{"a":{"Pods":[‸{"uid":"b"}]}}}"#, "the field UID is missing"),
        .init(
            .missingField, "NodeNameToVictims.a.Pods[0]", #"{"NodeNameToVictims":{"a":{"Pods":[‸{}]}}}"#,
            "the field metadata is missing"),
        .init(
            .missingField, "NodeNameToVictims.a.Pods[0].metadata",
            #"{"NodeNameToVictims":{"a":{"Pods":[{"metadata":‸{"UID":"b"}}]}}}"#, "the field uid is missing"),
        .init(
            .emptyName, "NodeNameToMetaVictims.a.Pods[0].UID",
            #"{"NodeNameToMetaVictims":{"a":{"Pods":[{"UID":‸""}]}}}"#, "the UID of a victim is empty"),
        .init(
            .emptyName, "NodeNameToMetaVictims", #"{"NodeNameToMetaVictims":{‸"":{}}}"#, "the name of a node is empty"),
        .init(
            .invalidNumber, "NodeNameToMetaVictims.a.NumPDBViolations",
            #"{"NodeNameToMetaVictims":{"a":{"NumPDBViolations":‸1.5}}}"#, "expected an integer of 64 bits"),
        .init(
            .invalidNumber, "NodeNameToMetaVictims.a.NumPDBViolations",
            #"{"NodeNameToMetaVictims":{"a":{"NumPDBViolations":‸9223372036854775808}}}"#,
            "expected an integer of 64 bits"),
        .init(
            .wrongType, "NodeNameToMetaVictims.a.NumPDBViolations",
            #"{"NodeNameToMetaVictims":{"a":{"NumPDBViolations":‸"1"}}}"#, "expected an integer, found a string"),
    ]
}
