// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later
import PackageDescription

/// Settings of every Swift target: Swift 6 language mode comes with the tools version; a warning is
/// an error, and imports say what they give away.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Tests that compute nothing themselves are compiled without optimisation, which takes half as long.
let plain: [SwiftSetting] =
  strict + [.unsafeFlags(["-Onone", "-no-emit-module-separately-wmo"])]

/// A module of the program; `uses` lists the only modules that it may import.
func module(_ name: String, uses: [Target.Dependency], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: uses, resources: resources, swiftSettings: strict)
}

/// The tests of one module, in a folder that mirrors its sources.
func tests(
  of name: String, uses: [Target.Dependency] = [], settings: [SwiftSetting] = strict
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + uses,
    swiftSettings: settings)
}

let package = Package(
  name: "metamob",
  products: [.executable(name: "metamob", targets: ["metamob"])],
  targets: [
    .systemLibrary(name: "CGetopt"),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    module("Numerics", uses: ["CGSL"]),
    module("Threads", uses: []),
    module("Words", uses: []),
    module("JSON", uses: []),
    module("Tables", uses: ["Threads", "Words"]),
    module("Designs", uses: ["Threads", "Words", "Numerics", "Tables"]),
    module("MixedModels", uses: ["Numerics", "Designs"]),
    module("Sampling", uses: ["Threads", "Numerics"]),
    module("Posterior", uses: ["Numerics"]),
    module(
      "Inference",
      uses: [
        "Threads", "Words", "Numerics", "JSON", "Designs", "MixedModels", "Sampling", "Posterior",
      ],
      resources: [.embedInCode("PriorSets")]),
    module(
      "Calibration",
      uses: [
        "Threads", "Numerics", "Designs", "MixedModels", "Sampling", "Posterior", "Inference",
      ],
      resources: [.embedInCode("Priors")]),
    module(
      "Predictive",
      uses: ["Threads", "Numerics", "Designs", "MixedModels", "Posterior", "Inference"]),
    module("Trees", uses: ["Threads", "Numerics", "Designs"]),
    module(
      "Pooling",
      uses: [
        "Words", "Numerics", "Tables", "Designs", "MixedModels", "Posterior", "Inference",
      ]),
    module(
      "Subgroups",
      uses: [
        "Threads", "Words", "Numerics", "Designs", "MixedModels", "Sampling", "Posterior",
        "Inference", "Predictive",
        "Trees",
      ]),
    module("Drawing", uses: []),
    module(
      "Sensitivity",
      uses: [
        "Threads", "Numerics", "Designs", "Sampling", "Posterior", "Inference", "Trees",
        "Subgroups",
      ]),
    module(
      "Evidence",
      uses: [
        "Threads", "Words", "Numerics", "Designs", "MixedModels", "Posterior", "Inference", "Trees",
        "Subgroups",
      ]),
    module(
      "CrossValidation",
      uses: [
        "Threads", "Numerics", "Designs", "MixedModels", "Sampling", "Inference", "Trees",
        "Subgroups",
      ]),
    module(
      "Stability",
      uses: ["Threads", "Numerics", "Designs", "Sampling", "Posterior", "Trees", "Subgroups"]),
    module(
      "Reports",
      uses: [
        "Words", "Numerics", "Drawing", "JSON", "Designs", "MixedModels", "Posterior", "Inference",
        "Calibration", "Predictive", "Trees", "Subgroups", "Stability", "Pooling", "Sensitivity",
        "Evidence", "CrossValidation",
      ]),
    module(
      "Figures",
      uses: [
        "Words", "Numerics", "Drawing", "JSON", "Designs", "Posterior", "Inference", "Trees",
        "Subgroups", "Reports",
      ]),
    module(
      "HTMLReport",
      uses: [
        "Words", "Numerics", "Drawing", "JSON", "MixedModels", "Posterior", "Subgroups", "Reports",
        "Figures",
      ]),
    module(
      "Commands",
      uses: [
        "CGetopt", "CMalloc", "Threads", "Words", "Numerics", "JSON", "Tables", "Designs",
        "MixedModels",
        "Sampling",
        "Posterior", "Inference", "Calibration", "Trees", "Subgroups", "Stability", "Pooling",
        "Sensitivity", "Evidence", "CrossValidation", "Drawing", "Reports", "Figures", "HTMLReport",
      ]),
    .executableTarget(name: "metamob", dependencies: ["Commands"], swiftSettings: strict),
    // Measures the others; built by `make benchmark` alone.
    .executableTarget(
      name: "metamob-benchmark",
      dependencies: [
        "CMalloc", "Numerics", "JSON", "Tables", "Designs", "MixedModels", "Sampling", "Posterior",
        "Inference", "Trees", "Subgroups", "Pooling", "TestSupport",
      ], swiftSettings: strict),

    // Measures what a search does to effects, by simulation; built by `make study` alone.
    .executableTarget(
      name: "metamob-study",
      dependencies: [
        "Threads", "Numerics", "Designs", "Posterior", "Inference", "Trees", "Subgroups",
        "Stability",
      ], swiftSettings: strict),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests(of: "Threads", settings: plain),
    tests(of: "Words", settings: plain),
    tests(of: "Numerics"),
    tests(of: "JSON", settings: plain),
    tests(of: "Tables", settings: plain),
    tests(of: "Designs", uses: ["Tables"]),
    tests(of: "MixedModels", uses: ["Numerics", "Designs"]),
    tests(of: "Sampling", uses: ["Numerics", "Posterior"]),
    tests(of: "Posterior", uses: ["Numerics"]),
    tests(
      of: "Inference",
      uses: ["Numerics", "JSON", "Designs", "MixedModels", "Sampling", "Posterior"]),
    tests(
      of: "Calibration",
      uses: [
        "Numerics", "Designs", "MixedModels", "Sampling", "Posterior", "Inference",
      ]),
    tests(
      of: "Predictive",
      uses: [
        "Numerics", "Designs", "MixedModels", "Sampling", "Posterior", "Inference",
      ]),
    tests(of: "Trees", uses: ["Numerics", "Designs"]),
    tests(
      of: "Pooling",
      uses: ["Numerics", "JSON", "Tables", "Designs", "MixedModels", "Posterior", "Inference"]),
    tests(
      of: "Subgroups",
      uses: [
        "Numerics", "Tables", "Designs", "MixedModels", "Sampling", "Posterior", "Inference",
        "Trees",
      ]),
    tests(
      of: "Sensitivity",
      uses: ["Tables", "Designs", "Sampling", "Posterior", "Inference", "Trees", "Subgroups"]),
    tests(
      of: "Evidence",
      uses: [
        "Numerics", "Designs", "MixedModels", "Posterior", "Inference", "Trees", "Subgroups",
      ]),
    tests(
      of: "CrossValidation",
      uses: [
        "Numerics", "Designs", "MixedModels", "Inference", "Trees", "Subgroups",
      ]),
    tests(
      of: "Reports",
      uses: [
        "JSON", "Tables", "Inference", "Designs", "MixedModels", "Posterior", "Calibration",
        "Predictive", "Trees",
        "Subgroups", "Sensitivity",
      ]),
    tests(of: "Drawing", settings: plain),
    tests(of: "Figures", uses: ["Drawing", "JSON", "Posterior", "Reports"], settings: plain),
    tests(
      of: "Stability",
      uses: ["Numerics", "Designs", "MixedModels", "Posterior", "Inference", "Trees", "Subgroups"]),
    tests(of: "HTMLReport", uses: ["JSON", "Reports"], settings: plain),
    tests(of: "Commands", uses: ["Designs", "Trees", "Subgroups"], settings: plain),
    .testTarget(
      name: "ReferenceTests",
      dependencies: [
        "Numerics", "JSON", "Tables", "Designs", "MixedModels", "Sampling", "Posterior",
        "Inference",
        "Trees", "Subgroups", "TestSupport",
      ], exclude: ["Figures"], swiftSettings: strict),
    .testTarget(
      name: "ProgramTests", dependencies: ["JSON", "TestSupport"], exclude: ["Data"],
      swiftSettings: plain),
  ]
)
