import Foundation
import FoundationXML
import Testing

/// An SVG document, read by an XML reader that knows nothing of how it was written.
struct SVGDocument {
  /// An element with what a test asks of it.
  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""

    func number(_ attribute: String) -> Double { Double(attributes[attribute] ?? "") ?? .nan }
  }

  let elements: [Element]
  /// Whether the reader came to the end.
  let isWellFormed: Bool

  init(_ text: String) {
    let parser = XMLParser(data: Data(text.utf8))
    let reader = Reader()
    parser.delegate = reader
    isWellFormed = parser.parse()
    elements = reader.elements
  }

  /// The elements of a name.
  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  /// The texts that are drawn, in the order of the document.
  var texts: [String] { all("text").map(\.text) }

  /// No two upright texts cover one another, and none leaves the picture.
  ///
  /// Widths are taken as 0.45 of the font size a character, less than those of any text here.
  func expectApart(_ kind: String) {
    let width = elements.first?.number("width") ?? .nan
    let boxes = all("text").filter { $0.attributes["transform"] == nil }.map { text in
      let size = text.number("font-size")
      let extent = 0.45 * size * Double(text.text.count)
      let x = text.number("x")
      let left =
        switch text.attributes["text-anchor"] {
        case "middle": x - extent / 2
        case "end": x - extent
        default: x
        }
      return (text: text.text, left: left, right: left + extent, y: text.number("y"), size: size)
    }
    for (place, box) in boxes.enumerated() {
      #expect(box.left > -2 && box.right < width + 2, "\(kind): \(box.text)")
      for other in boxes[(place + 1)...]
      where abs(other.y - box.y) < 0.7 * min(box.size, other.size) {
        #expect(
          other.left >= box.right || box.left >= other.right,
          "\(kind): '\(box.text)' and '\(other.text)'")
      }
    }
  }

  /// The elements with a tooltip, with it, in the order of the document.
  var hinted: [(element: Element, hint: String)] {
    zip(elements, elements.dropFirst()).compactMap { element, next in
      next.name == "title" && element.name != "svg" ? (element, next.text) : nil
    }
  }

  /// Checks that places are a linear function of values, to the hundredth of a pixel that is written.
  static func expectLinear(_ places: [Double], _ values: [Double], _ what: String) {
    #expect(places.count == values.count && places.allSatisfy(\.isFinite), "\(what)")
    guard let low = values.indices.min(by: { values[$0] < values[$1] }),
      let high = values.indices.max(by: { values[$0] < values[$1] }), values[high] > values[low],
      places.count == values.count
    else { return }
    let slope = (places[high] - places[low]) / (values[high] - values[low])
    for (place, value) in zip(places, values) {
      #expect(abs(place - places[low] - slope * (value - values[low])) < 0.03, "\(what): \(value)")
    }
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [Element] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      open.append(elements.count)
      elements.append(Element(name: name, attributes: attributes))
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = open.last { elements[last].text += text }
    }
  }
}
