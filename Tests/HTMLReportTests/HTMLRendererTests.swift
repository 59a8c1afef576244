import Testing

@testable import HTMLReport

@Suite("HTML") struct HTMLRendererTests {}
