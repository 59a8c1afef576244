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
  /// The caller asked to stop.
  case cancelled
}
