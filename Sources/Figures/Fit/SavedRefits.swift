import JSON
import Posterior
import Reports

/// What figures read of the refits under other priors.
struct SavedRefits {
  /// A quantity under one prior.
  struct Quantity {
    let center: Double?
    let interval: Interval?
  }

  /// A fit under one prior.
  struct Refit {
    /// The form of the prior: `half-normal`.
    let shape: String
    /// What the median of the analysis's prior is multiplied by.
    let factor: Double
    /// The effects in the leaves of the reported tree, by node.
    let same: [Int: Quantity]
    /// The effects of the tree that grows under the prior, by rule; nil where none was grown.
    let regrown: [String: Quantity]?
    /// The SDs whose prior is varied, on the reported tree: one, or one a leaf.
    let deviations: [Quantity]
    /// Whether the tree that grows has the splits of the reported one; nil where none was grown.
    let isSameTree: Bool?
    /// Why there is no fit.
    let obstacle: String?

    /// The prior in a few signs: `half-normal ×½`.
    var name: String {
      "\(shape) ×\(factor == 0.5 ? "½" : NumberStyle.significant(factor))"
    }
  }

  /// `tau1` or `tau0`; nil where no prior could be varied.
  let parameter: String?
  /// Whether the conclusion holds, in one sentence.
  let sentence: String
  let refits: [Refit]
  /// Power-scaling; nil where it was not computed.
  let powerScaling: JSONCursor?

  /// The symbol of the SD whose prior is varied.
  var symbol: String { parameter == "tau0" ? "τ0" : "τ1" }

  /// Reads the refits; `center` is the figure that stands for an effect.
  init(_ saved: JSONCursor, isBinomial: Bool) throws(SavedFitError) {
    parameter = try saved.member("parameter").unlessNull?.string()
    sentence = saved.value["conclusion"]?["sentence"]?.string ?? ""
    powerScaling = try saved.ifKnown("power_scaling")
    var refits: [Refit] = []
    for refit in try saved.member("refits").elements() {
      let same = try refit.member("same_tree").unlessNull
      let regrown = try refit.member("regrown").unlessNull
      var byNode: [Int: Quantity] = [:]
      for effect in try same?.member("subgroups").elements() ?? [] {
        byNode[try effect.member("node").integer()] = try Quantity(effect, isMedian: isBinomial)
      }
      var byRule: [String: Quantity] = [:]
      for effect in try regrown?.member("subgroups").elements() ?? [] {
        byRule[try effect.member("rule").string()] = try Quantity(effect, isMedian: isBinomial)
      }
      var deviations: [Quantity] = []
      for deviation in try same?.member("heterogeneity").elements() ?? [] {
        deviations.append(try Quantity(deviation, isMedian: false))
      }
      refits.append(
        Refit(
          shape: try refit.member("shape").string(), factor: try refit.member("factor").number(),
          same: byNode, regrown: regrown == nil ? nil : byRule, deviations: deviations,
          isSameTree: try refit.member("same_splits").unlessNull?.flag(),
          obstacle: try refit.member("obstacle").unlessNull?.string()))
    }
    self.refits = refits
  }
}

extension SavedRefits.Quantity {
  /// Of a saved quantity; the median is the middle one of an odd number of quantiles.
  fileprivate init(_ saved: JSONCursor, isMedian: Bool) throws(SavedFitError) {
    interval = try saved.member("ci").interval()
    let quantiles = saved.value["quantiles"]?.array?.map(\.number) ?? []
    guard isMedian, quantiles.count % 2 == 1, let median = quantiles[quantiles.count / 2] else {
      center = try saved.member("mean").unlessNull?.number()
      return
    }
    center = median
  }
}
