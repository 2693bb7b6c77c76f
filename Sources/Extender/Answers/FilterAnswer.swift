import NIOCore
import Placement

/// Writes the answer to a filter request (`ExtenderFilterResult`) in the form that was asked in.
///
/// Accepted nodes are copied from the request as byte ranges, neighbours together with what stands between them: names
/// with their quotes, or whole Node objects that are never decoded.
struct FilterAnswer {
    /// The mark of a candidate that passes, where others have their reason's raw value.
    static let passes = UInt8.max

    let request: ScannedArguments
    let body: ByteBuffer

    /// Runs shorter than this on the average are copied into one buffer: so many slices would cost more to send.
    private static let minimumSlice = 16 * 1024

    /// By `RejectionReason`: its sentence as bytes, made once.
    private static let sentences = RejectionReason.allCases.map { ByteBuffer(string: $0.sentence) }
    private static let longestSentence = sentences.map(\.readableBytes).max() ?? 0

    /// The answer in which every candidate passes.
    func allPass() -> Answer {
        answer(
            reasons: [UInt8](repeating: Self.passes, count: request.candidates.count),
            passed: request.candidates.count)
    }

    /// The answer with some candidates rejected.
    ///
    /// - Parameters:
    ///   - reasons: For each candidate ``passes`` or a `RejectionReason`.
    ///   - passed: How many pass.
    func answer(reasons: [UInt8], passed: Int) -> Answer {
        let runs = acceptedRuns(reasons)
        let tail = tail(reasons, rejected: request.candidates.count - passed)
        let copied = runs.reduce(0) { $0 + $1.count + 1 }
        if request.form == .nodes, copied >= runs.count * Self.minimumSlice {
            return sliced(runs, tail)
        }
        let bytes = body.readableBytesSpan
        let head = head
        return Answer(
            AnswerWriter.buffer(upTo: head.utf8CodeUnitCount + copied + tail.readableBytes) { writer in
                writer.write(head)
                for (index, run) in runs.enumerated() {
                    if index > 0 { writer.write(byte: UInt8(ascii: ",")) }
                    writer.write(bytes, run)
                }
                writer.write(tail.readableBytesSpan, 0..<tail.readableBytes)
            })
    }

    private var head: StaticString {
        switch request.form {
        case .names: #"{"Nodes":null,"NodeNames":["#
        case .nodes: #"{"Nodes":{"metadata":{},"items":["#
        }
    }

    private func sliced(_ runs: [Range<Int>], _ tail: ByteBuffer) -> Answer {
        var parts = [ByteBuffer(staticString: head)]
        for (index, run) in runs.enumerated() {
            if index > 0 { parts.append(ByteBuffer(staticString: ",")) }
            if let slice = body.getSlice(at: body.readerIndex + run.lowerBound, length: run.count) {
                parts.append(slice)
            }
        }
        parts.append(tail)
        return Answer(parts: parts)
    }

    /// The ranges of the request that hold neighbouring accepted candidates.
    private func acceptedRuns(_ reasons: [UInt8]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        var end = 0
        for place in request.candidates.indices {
            let candidate = request.candidates[place]
            guard reasons[place] == Self.passes else {
                if let first = start { runs.append(first..<end) }
                start = nil
                continue
            }
            let range =
                request.form == .names
                ? Int(candidate.name.start) - 1..<Int(candidate.name.end) + 1 : candidate.item
            if start == nil { start = range.lowerBound }
            end = range.upperBound
        }
        if let first = start { runs.append(first..<end) }
        return runs
    }

    /// What follows the accepted nodes: the rejected ones with their reasons.
    ///
    /// All reasons go to `FailedAndUnresolvableNodes`: evicting pods would not help against any of them.
    private func tail(_ reasons: [UInt8], rejected: Int) -> ByteBuffer {
        let open: StaticString =
            switch request.form {
            case .names: #"],"FailedNodes":{},"FailedAndUnresolvableNodes":{"#
            case .nodes: #"]},"NodeNames":null,"FailedNodes":{},"FailedAndUnresolvableNodes":{"#
            }
        var bound = open.utf8CodeUnitCount + 16
        if rejected > 0 {
            for place in reasons.indices where reasons[place] != Self.passes {
                bound += request.candidates[place].name.byteCount + Self.longestSentence + 6
            }
        }
        let bytes = body.readableBytesSpan
        return AnswerWriter.buffer(upTo: bound) { writer in
            writer.write(open)
            var isFirst = true
            for place in reasons.indices where rejected > 0 && reasons[place] != Self.passes {
                if !isFirst { writer.write(byte: UInt8(ascii: ",")) }
                isFirst = false
                writer.write(byte: UInt8(ascii: "\""))
                writer.write(bytes, request.candidates[place].name.range)
                writer.write("\":\"")
                let text = Self.sentences[Int(reasons[place])]
                writer.write(text.readableBytesSpan, 0..<text.readableBytes)
                writer.write(byte: UInt8(ascii: "\""))
            }
            writer.write(#"},"Error":""}"#)
        }
    }
}
