import FoundationEssentials
import Rainbow
import Topology

/// Colours pieces of text, or leaves them as they are.
struct Paint {
    /// Whether colours are used.
    let isOn: Bool

    /// Colours where the standard output is a terminal and nobody objects (https://no-color.org).
    static func forStandardOutput(environment: [String: String] = ProcessInfo.processInfo.environment) -> Paint {
        Paint(isOn: StandardOutput.isTerminal && environment["NO_COLOR", default: ""].isEmpty)
    }

    /// A text in the colour of its tone.
    func callAsFunction(_ text: String, _ tone: Tone) -> String {
        guard isOn else { return text }
        return switch tone {
        case .plain: text
        case .heading: text.applyingStyle(.bold)
        case .good: text.applyingColor(.green)
        case .warning: text.applyingColor(.yellow)
        case .bad: text.applyingColor(.red)
        case .faint: text.applyingStyle(.dim)
        }
    }
}
