import TestSupport
import Testing

@Suite("Documents with commands")
struct ConsoleDocumentTests {
  private let sample = ConsoleDocument(
    """
    # Sample

    ```console
    $ metamob --version
    metamob 0.1.0
    $ metamob fit --help | \\
      head -n 5
    metamob fit: one tree
    …
      metamob fit DATA FORMULA [options]

    ```

    Not a block: $ metamob x

    ```sh
    make build
    $ metamob --help
    ```

    ```console exit=64
    $ metamob fitt
    ```
    """)

  @Test("Commands, exit codes and outputs are found")
  func reading() {
    #expect(
      sample.steps.map(\.command) == [
        "metamob --version", "metamob fit --help | \\\n  head -n 5", "metamob fitt",
      ])
    #expect(sample.steps.map(\.code) == [0, 0, 64])
    #expect(
      sample.steps.map { sample.output(of: $0) } == [
        ["metamob 0.1.0"],
        ["metamob fit: one tree", "…", "  metamob fit DATA FORMULA [options]"], [],
      ])
  }

  @Test("A command outside a console block is found")
  func strays() {
    #expect(sample.strays == [18])
  }

  @Test(
    "An output agrees with what is shown, or not",
    arguments: [
      ("a\nb\nc\n", "a\nb\nc", true), ("a  \nb", "a\nb \n\n", true), (" a", "a", false),
      ("a\nb", "a", false), ("a", "a\nb", false), ("", "", true), ("", "…", true),
      ("a\nb\nc\n", "…", true), ("a\nb\nc\n", "a\n…", true), ("a\nb\nc\n", "…\nc", true),
      ("a\nb\nc\n", "a\n…\nc", true), ("a\nb\nc\n", "a\n…\nb", false), ("a\n", "a\n…\na", false),
      ("a\n", "a\n…", true), ("a\nb\nc\nd", "a\n…\nb\n…\nd", true),
      ("a\nb\nc\nd", "a\n…\nc\n…\nb\n…\nd", false), ("a\nb…\n", "a\nb…", true),
      ("a\nx\ny\nd", "a\n…\nx\nz\n…\nd", false),
    ])
  func agreement(output: String, shown: String, agrees: Bool) {
    let document = ConsoleDocument("```console\n$ x\n\(shown)\n```\n")
    #expect(document.shows(output, for: document.steps[0]) == agrees)
  }

  @Test("Recording replaces what is stale and leaves the rest as it is")
  func recording() {
    let text = "a\n```console\n$ x\nold\n$ y\nsame  \n$ z\n1\n…\n8\n9\n```\nb\n"
    let document = ConsoleDocument(text)
    #expect(
      document.rewritten(with: ["new\nlonger\n", "same\n", "1\n2\n3\n4\n5\n"])
        == "a\n```console\n$ x\nnew\nlonger\n$ y\nsame  \n$ z\n1\n…\n4\n5\n```\nb\n")
    #expect(document.rewritten(with: ["old\n", "same\n", "1\n2\n8\n9\n"]) == text)
    #expect(
      document.rewritten(with: ["old\n", "same\n", "7\n"]).contains("$ z\n7\n```"),
      "an output too short to be abridged is shown whole")
  }

  @Test("Recording finds the parts of an abridged output by their first lines")
  func recordingOfParts() {
    let text = "```console\n$ x\na\n…\nB\nold\n…\nC\nold\n…\nz\n```\n"
    let document = ConsoleDocument(text)
    #expect(
      document.rewritten(with: ["a2\n1\nB\nnew\n2\n3\nC\nnewer\n4\nz2\n"])
        == "```console\n$ x\na2\n…\nB\nnew\n…\nC\nnewer\n…\nz2\n```\n")
    #expect(
      document.rewritten(with: ["a\nC\n1\nB\n2\nz\n"]).contains("\na\nC\n1\nB\n2\nz\n"),
      "an output whose parts are not found is shown whole")
  }

  @Test("Figures of the running text are found, those in blocks, code and addresses are not")
  func figures() {
    let document = ConsoleDocument(
      """
      The effect is −0.85 (95% CI [-2.46, 0.77]), SD 0.5–1.25, in 3.5 years; `x 0.05`,
      [a paper](https://doi.org/10.1002/sim.1234).
      ```console
      $ metamob x
      9.99
      ```
      """)
    #expect(document.figures == ["0.85", "2.46", "0.77", "1.25"])
    #expect(ConsoleDocument.figures(in: "p 0.0123, 7, 0.5\n1.50\n") == ["0.0123", "1.50"])
  }

  @Test("The commands are run in order in one folder, with the program in the path")
  func running() throws {
    let folder = try Scratch()
    let document = ConsoleDocument(
      """
      ```console
      $ metamob --version > version.txt
      $ cat version.txt
      metamob 0.1.0
      $ metamob --help
      metamob finds …
      ```
      ```console exit=64
      $ metamob fitt
      ```
      """)
    let outcomes = try document.steps.map { try Program.shell($0.command, in: folder.url) }
    #expect(outcomes.map(\.code) == [0, 0, 0, 64])
    let agree = zip(document.steps, outcomes).map { document.shows($1.output, for: $0) }
    #expect(agree == [true, true, false, true])
  }
}
