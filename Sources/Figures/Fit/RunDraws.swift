import Inference
import JSON
import Posterior
import Reports

/// The draws of a run with the run.
struct RunDraws: Sendable {
  let fit: FigureFit
  let run: FigureRun
  let draws: Draws
  let records: [SamplerRecord]

  init(_ fit: FigureFit, _ run: FigureRun, _ contents: DrawsFile.Contents) {
    (self.fit, self.run) = (fit, run)
    (draws, records) = (contents.draws, contents.records)
  }

  /// The draws of a parameter over all chains; nil where the run has none of the name.
  func values(_ name: String) -> [Double]? {
    draws.index(of: name).map { Array(draws.variable($0)) }
  }

  /// The draws of a parameter by chain.
  func chains(_ index: Int) -> [[Double]] {
    (0..<draws.chains).map { chain in
      (0..<draws.iterations).map { draws[variable: index, chain: chain, iteration: $0] }
    }
  }

  /// The name of a parameter for people.
  func label(_ name: String) -> String { run.parameterLabel(name) }

  /// The parameters that a reader looks at first: effects, then SDs.
  var mainParameters: [Int] {
    let effects = draws.names.indices.filter { draws.names[$0].hasPrefix("effect_") }
    let others = draws.names.indices.filter { place in
      let name = draws.names[place]
      return ["tau0", "tau1", "sigma", "omega", "correlation"].contains { prefix in
        name == prefix || name.hasPrefix("\(prefix)_")
      }
    }
    return effects + others
  }

  /// The places of a parameter and of those with an index after its name: `tau1`, or `tau1_3` and `tau1_4`
  /// where each node has its own.
  func family(_ name: String) -> [Int] {
    if let place = draws.index(of: name) { return [place] }
    return draws.names.indices.filter { place in
      let other = draws.names[place]
      return other.hasPrefix("\(name)_") && Int(other.dropFirst(name.count + 1)) != nil
    }
  }
}

extension FigureRun {
  /// The name of a parameter for people: that of the document, or a shorter one.
  func parameterLabel(_ name: String) -> String {
    let parts = name.split(separator: "_", maxSplits: 1).map(String.init)
    let short = [
      "tau0": "τ0, SD of intercepts", "tau1": "τ1, SD of effects", "sigma": "σ, residual SD",
    ]
    if let words = short[parts[0]] {
      if parts.count == 1 { return words }
      if let node = Int(parts[1]) { return "\(words), node \(node)" }
    }
    return saved.value["fit"]?["parameters"]?.array?
      .first { $0["name"]?.string == name }?["label"]?.string ?? name
  }

  /// The priors on the data's scale, their file named in errors.
  func priors(_ fit: FigureFit) throws(FigureError) -> PriorSet {
    do {
      return try PriorSet(
        saved: saved.value["fit"]?["priors"] ?? .null, for: fit.family, file: "fit.json")
    } catch {
      throw .lacking("the priors of the run \(name) cannot be read; fit again")
    }
  }
}
