import Numerics

/// What the energies of a chain say of it.
public enum EnergyDiagnostics {
  /// The energy Bayesian fraction of missing information (Betancourt 2016) as rstan defines it:
  /// Σ (Eₛ − Eₛ₋₁)² / N over the variance of E with divisor N − 1.
  ///
  /// Low values say that momentum refreshment explores the energy levels slowly. Nil below two
  /// energies and where they are equal or not finite.
  public static func missingInformation(_ energies: [Double]) -> Double? {
    guard ChainValues(values: energies, chains: 1).varies else { return nil }
    let changes = zip(energies.dropFirst(), energies).reduce(0) { sum, pair in
      sum + (pair.0 - pair.1) * (pair.0 - pair.1)
    }
    return changes / Double(energies.count) / variance(energies)
  }

  /// That of a chain; where several chains ran side by side on densities of their own, each with its
  /// energies in a column `energy_…__`, the smallest of theirs.
  ///
  /// Nil for a sampler without leapfrog steps.
  public static func missingInformation(_ record: SamplerRecord) -> Double? {
    guard record.leapfrogSteps.contains(where: { $0 > 0 }) else { return nil }
    let parts = record.columns.filter { $0.name.hasPrefix("energy_") }.map(\.values)
    return (parts.isEmpty ? [record.energy] : parts).compactMap(missingInformation).min()
  }
}
