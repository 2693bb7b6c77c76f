import NIOCore

/// Writes the answer to a preempt request (`ExtenderPreemptionResult`), always in the meta form.
enum PreemptAnswer {
    /// The nodes that are kept, with their victims unchanged.
    static func answer(request: ScannedPreemption, body: ByteBuffer, keeps: [Bool]) -> Answer {
        let kept = request.nodes.indices.filter { keeps[$0] }
        var bound = 64
        for place in kept {
            let node = request.nodes[place]
            bound += node.name.byteCount + node.value.count + 80
            for uid in request.uids[node.uids] { bound += uid.byteCount + 16 }
        }
        let bytes = body.readableBytesSpan
        return Answer(
            AnswerWriter.buffer(upTo: bound) { writer in
                writer.write(#"{"NodeNameToMetaVictims":{"#)
                var isFirst = true
                for place in kept {
                    let node = request.nodes[place]
                    writer.write(isFirst ? "\"" : ",\"")
                    isFirst = false
                    writer.write(bytes, node.name.range)
                    writer.write("\":")
                    switch request.form {
                    case .metaVictims: writer.write(bytes, node.value)
                    case .victims: write(request.uids[node.uids], node.numPDBViolations, bytes, to: &writer)
                    }
                }
                writer.write("}}")
            })
    }

    private static func write(
        _ uids: ArraySlice<JSONText>, _ violations: Int64, _ bytes: RawSpan, to writer: inout AnswerWriter
    ) {
        writer.write(#"{"Pods":["#)
        for (index, uid) in uids.enumerated() {
            writer.write(index == 0 ? #"{"UID":""# : #",{"UID":""#)
            writer.write(bytes, uid.range)
            writer.write("\"}")
        }
        writer.write(#"],"NumPDBViolations":"#)
        writer.write(violations)
        writer.write("}")
    }
}
