import Foundation
import TestSupport
import Testing

/// The set-up script on machines that lack something, made of stand-ins for the commands it calls.
@Suite("Set-up")
struct SetupTests {
  private let machine: Scratch

  /// A machine with nothing but the basic commands, its root user at work.
  init() throws {
    machine = try Scratch()
    for name in ["bash", "env", "head", "sed", "sort"] {
      try FileManager.default.createDirectory(
        at: machine.url(of: "bin"), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: machine.at("bin/\(name)"), withDestinationPath: "/usr/bin/\(name)")
    }
    try install("id", "echo 0")
  }

  private func install(_ name: String, _ script: String) throws {
    try machine.add("bin/\(name)", "#!/usr/bin/bash\n\(script)\n")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: machine.at("bin/\(name)"))
  }

  private func installSwift(_ version: String) throws {
    try install("swift", "echo 'Swift version \(version) (swift-\(version)-RELEASE)'")
  }

  /// An apt that notes how it is called, and after which pkg-config finds the library.
  private func installApt() throws {
    try install(
      "apt-get",
      """
      echo "$*" >> '\(machine.at("apt.log"))'
      echo 'noise of apt'
      printf '#!/usr/bin/bash\\n' > '\(machine.at("bin/pkg-config"))'
      /usr/bin/chmod +x '\(machine.at("bin/pkg-config"))'
      """)
  }

  private func setup() throws -> Outcome {
    let script = packageRoot.appendingPathComponent(".ci/setup").path
    return try Program.shell("PATH='\(machine.at("bin"))' bash '\(script)'", in: machine.url)
  }

  @Test("Where nothing is missing it says nothing")
  func complete() throws {
    try installSwift("6.2")
    try install("pkg-config", "exit 0")
    let outcome = try setup()
    #expect(outcome.code == 0)
    #expect(outcome.output + outcome.errors == "")
  }

  @Test("Without Swift it says what to install")
  func noSwift() throws {
    let outcome = try setup()
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("Install the Swift toolchain, version 6.2 or later"))
    #expect(outcome.errors.contains("https://swift.org/install"))
  }

  @Test(
    "An old Swift is refused, a newer one is not", arguments: ["5.10.1", "6.1.3", "6.10", "7.0"])
  func versions(version: String) throws {
    try installSwift(version)
    try install("pkg-config", "exit 0")
    let outcome = try setup()
    let isOld = ["5.10.1", "6.1.3"].contains(version)
    #expect(outcome.code == (isOld ? 1 : 0))
    #expect(outcome.errors.contains("Swift \(version) is too old.") == isOld)
  }

  @Test("Without the library it is installed, and this is said")
  func installs() throws {
    try installSwift("6.3.1")
    try installApt()
    let outcome = try setup()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      machine.text("apt.log") == "-qq update\n"
        + "-qq install -y --no-install-recommends libgsl-dev pkg-config librsvg2-2 "
        + "fonts-dejavu-core\n")
    #expect(outcome.output.hasPrefix("setup: installing the Debian packages libgsl-dev pkg-config"))
  }

  @Test("Users other than root use sudo, or are told what to run")
  func otherUsers() throws {
    try installSwift("6.3.1")
    try installApt()
    try install("id", "echo 1000")
    let without = try setup()
    #expect(without.code == 1)
    #expect(without.errors.contains("apt-get install libgsl-dev pkg-config"))
    #expect(machine.text("apt.log") == nil)
    try install("sudo", "echo sudo >> '\(machine.at("apt.log"))'; \"$@\"")
    let with = try setup()
    #expect(with.code == 0, "\(with.errors)")
    #expect(machine.text("apt.log")?.hasPrefix("sudo\n-qq update\nsudo\n-qq install") == true)
  }

  @Test("Without apt it says which libraries are needed")
  func noApt() throws {
    try installSwift("6.3.1")
    let outcome = try setup()
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("GNU Scientific Library (development files)"))
    #expect(outcome.errors.contains("pkg-config"))
  }
}
