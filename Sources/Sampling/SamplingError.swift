/// Why no chain could be run; chains are counted from 0.
public enum SamplingError: Error, Equatable, Sendable {
  /// A setting of the plan is out of its range.
  case invalidPlan(String)
  /// None of the starting points tried has a finite log density and gradient.
  case noUsableStart(chain: Int, attempts: Int)
  /// No step size is small enough to keep the energy; the density is not smooth where the chain is.
  case noStepSize(chain: Int)
  /// Every step size keeps the energy: the density is flat, and so improper.
  case improperDensity(chain: Int)
  /// A chain cannot go on from its last draw, which has no finite density, or a metric of another length.
  case notResumable(chain: Int)
  /// The log density at the last draw is not the one that was recorded with it: model, data or priors are
  /// others.
  case otherDensity(chain: Int, recorded: Double, found: Double)
  /// The caller asked to stop.
  case cancelled
}
