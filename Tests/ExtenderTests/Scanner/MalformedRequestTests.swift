import Extender
import Testing

@Suite("Malformed requests and what is said of them")
struct MalformedRequestTests {
    @Test(arguments: MalformedRequest.structure + MalformedRequest.tokens + MalformedRequest.fields)
    func arguments(_ request: MalformedRequest) throws {
        try check(request, scanError { () throws(ScanError) in _ = try scanArguments(request.bytes) })
    }

    @Test(arguments: MalformedRequest.preemption + MalformedRequest.tokens)
    func preemption(_ request: MalformedRequest) throws {
        try check(request, scanError { () throws(ScanError) in _ = try scanPreemption(request.bytes) })
    }

    private func check(_ request: MalformedRequest, _ error: ScanError?) throws {
        let error = try #require(error)
        #expect(error.code == request.code)
        #expect(error.offset == request.offset)
        #expect(error.path == request.path)
        #expect(error.message == request.message)
    }
}
