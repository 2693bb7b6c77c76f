import NIOCore

/// Writes the answer to a prioritize request (`HostPriorityList`).
enum PriorityAnswer {
    /// The list of hosts with their scores, in the request's order.
    static func answer(request: ScannedArguments, body: ByteBuffer, scores: [UInt8]) -> Answer {
        let open: StaticString = #"{"Host":""#
        let middle: StaticString = #"","Score":"#
        let fixed = open.utf8CodeUnitCount + middle.utf8CodeUnitCount + 4
        var bound = 2
        for candidate in request.candidates { bound += candidate.name.byteCount + fixed }
        let bytes = body.readableBytesSpan
        return Answer(
            AnswerWriter.buffer(upTo: bound) { writer in
                writer.write(byte: UInt8(ascii: "["))
                for place in request.candidates.indices {
                    if place > 0 { writer.write(byte: UInt8(ascii: ",")) }
                    writer.write(open)
                    writer.write(bytes, request.candidates[place].name.range)
                    writer.write(middle)
                    writer.write(small: scores[place])
                    writer.write(byte: UInt8(ascii: "}"))
                }
                writer.write(byte: UInt8(ascii: "]"))
            })
    }
}
