import Numerics

/// First and second derivatives of the (restricted) likelihood with respect to the variance
/// components, at the last evaluation of a density without proper priors (article Formulas).
///
/// The components are the entries of Var(b) that are free, G₀₀, then G₁₁, then G₀₁ = G₁₀ where the
/// random terms are correlated: Var(b) = Σ_c G_c E_c. The stratified intercepts are out of all
/// cross-products. The cost is O(K p² + p³); nothing is allocated after the start.
final class VarianceInformation {
  let density: MarginalDensity
  /// The number m of components.
  let components: Int
  let p: Int
  let q: Int
  let trials: Int
  /// J_k = Z_k'V_k⁻¹X_k, q × p row after row.
  let loadings: UnsafeMutablePointer<Double>
  /// L⁻¹J_k', the same shape, where LL' = X'V⁻¹X.
  let images: UnsafeMutablePointer<Double>
  /// K_k = Z_k'V_k⁻¹Z_k, q × q.
  let kernels: UnsafeMutablePointer<Double>
  /// e_k = Z_k'V_k⁻¹(y − Xβ̂).
  let residuals: UnsafeMutablePointer<Double>
  /// Σ_k L⁻¹J_k'E_cJ_kL⁻ᵀ, p × p for each component, lower triangle.
  let spreads: UnsafeMutablePointer<Double>
  /// Σ_k L⁻¹J_k'E_ce_k.
  private let pulls: UnsafeMutablePointer<Double>
  private let workspace: Workspace

  /// tr P V_c; of V⁻¹ V_c for the likelihood.
  private(set) var trace = [0.0, 0, 0]
  /// y'P V_c P y.
  private(set) var quadratic = [0.0, 0, 0]
  /// tr P V_c P V_d at 3 c + d; of V⁻¹ for the likelihood.
  private(set) var traces = [Double](repeating: 0, count: 9)
  /// y'P V_c P V_d P y.
  private(set) var quadratics = [Double](repeating: 0, count: 9)

  init(_ density: MarginalDensity) {
    self.density = density
    (p, q, trials) = (density.p, density.q, density.trials)
    components = q == 2 ? (density.model.terms.isCorrelated ? 3 : 2) : q
    let workspace = Workspace(
      capacity: trials * q * (2 * p + q + 1) + components * p * (p + 1))
    self.workspace = workspace
    loadings = workspace.take(trials * q * p)
    images = workspace.take(trials * q * p)
    kernels = workspace.take(trials * q * q)
    residuals = workspace.take(trials * q)
    spreads = workspace.take(components * p * p)
    pulls = workspace.take(components * p)
  }

  /// Takes the derivatives at the density's last evaluation.
  func update() {
    for i in 0..<(components * p * p) { spreads[i] = 0 }
    for i in 0..<(components * p) { pulls[i] = 0 }
    for c in 0..<3 { (trace[c], quadratic[c]) = (0, 0) }
    for c in 0..<9 { (traces[c], quadratics[c]) = (0, 0) }
    guard q > 0 else { return }
    for k in 0..<trials {
      setTrial(k)
      addSpreads(k)
      addTraces(k)
    }
    for c in 0..<components {
      for d in 0...c {
        var pull = 0.0
        for i in 0..<p { pull += pulls[c * p + i] * pulls[d * p + i] }
        quadratics[3 * c + d] -= pull
        if !density.isProfiled { traces[3 * c + d] += spreadProduct(c, d) }
        traces[3 * d + c] = traces[3 * c + d]
        quadratics[3 * d + c] = quadratics[3 * c + d]
      }
    }
  }

  /// tr of the product of two symmetric matrices of which the lower triangles are kept.
  private func spreadProduct(_ c: Int, _ d: Int) -> Double {
    let (a, b) = (spreads + c * p * p, spreads + d * p * p)
    var diagonal = 0.0
    var below = 0.0
    for j in 0..<p {
      diagonal += a[j * p + j] * b[j * p + j]
      for i in (j + 1)..<max(p, j + 1) { below += a[j * p + i] * b[j * p + i] }
    }
    return diagonal + 2 * below
  }

  /// J, K, e and the images of one trial.
  private func setTrial(_ k: Int) {
    let lambda = density.lambda
    let c = density.randomRandom + k * q * q
    let kernel = kernels + k * q * q
    let shrunk = density.shrinkage(c, density.randomCovariance + k * q * q)
    for r in 0..<q {
      for s in 0..<q {
        kernel[r * q + s] =
          lambda * (shrunk[r, 0] * c[s] + (q == 2 ? shrunk[r, 1] * c[q + s] : 0))
      }
    }
    let rest0 = density.randomResidual(k, 0)
    let rest1 = q == 2 ? density.randomResidual(k, 1) : 0
    let first = density.randomColumns + k * q * p
    let second = first + (q == 2 ? p : 0)
    for r in 0..<q {
      let (u0, u1) = (lambda * shrunk[r, 0], q == 2 ? lambda * shrunk[r, 1] : 0)
      residuals[k * q + r] = u0 * rest0 + u1 * rest1
      let loading = loadings + (k * q + r) * p
      for j in 0..<p { loading[j] = u0 * first[j] + u1 * second[j] }
      let image = images + (k * q + r) * p
      for j in 0..<p { image[j] = loading[j] }
      density.solve(image, from: 0)
    }
  }

  private func addSpreads(_ k: Int) {
    let first = images + k * q * p
    add(first, first, residuals[k * q], to: 0)
    guard q == 2 else { return }
    let second = first + p
    add(second, second, residuals[2 * k + 1], to: 1)
    guard components == 3 else { return }
    let spread = spreads + 2 * p * p
    let pull = pulls + 2 * p
    for j in 0..<p {
      pull[j] += first[j] * residuals[2 * k + 1] + second[j] * residuals[2 * k]
      for i in j..<p { spread[j * p + i] += first[i] * second[j] + second[i] * first[j] }
    }
  }

  private func add(
    _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ residual: Double,
    to component: Int
  ) {
    let spread = spreads + component * p * p
    let pull = pulls + component * p
    for j in 0..<p where b[j] != 0 {
      let value = b[j]
      pull[j] += value * residual
      subtract(a, times: -value, from: spread + j * p, j..<p)
    }
  }

  /// Adds what one trial alone gives to the traces and quadratic forms.
  private func addTraces(_ k: Int) {
    let kernel = Small(kernels + k * q * q, q)
    let e = residuals + k * q
    let error = Small(outer: e, q)
    var projected = Small(q)
    if !density.isProfiled {
      for r in 0..<q {
        for s in 0..<q {
          var sum = 0.0
          let (a, b) = (images + (k * q + r) * p, images + (k * q + s) * p)
          for i in 0..<p { sum += a[i] * b[i] }
          projected[r, s] = sum
        }
      }
    }
    let total = density.isProfiled ? rawKernel(k) : kernel
    for c in 0..<components {
      trace[c] += (total - projected).component(c)
      quadratic[c] += error.component(c)
      for d in 0...c {
        traces[3 * c + d] +=
          total.product(c, total, d) - 2 * total.product(c, projected, d)
        quadratics[3 * c + d] += error.product(c, kernel, d)
      }
    }
  }

  /// Z_k'V_k⁻¹Z_k with the stratified intercepts held.
  private func rawKernel(_ k: Int) -> Small {
    let c = density.rawRandomRandom + k * q * q
    let shrunk = density.shrinkage(c, density.rawRandomCovariance + k * q * q)
    var kernel = Small(q)
    for r in 0..<q {
      for s in 0..<q {
        for t in 0..<q { kernel[r, s] += density.lambda * shrunk[r, t] * c[t * q + s] }
      }
    }
    return kernel
  }
}

/// A matrix of order one or two without storage on the heap.
struct Small {
  private var entries = SIMD4<Double>()

  init(_ order: Int) {}

  init(_ values: UnsafeMutablePointer<Double>, _ order: Int) {
    for r in 0..<order {
      for s in 0..<order { entries[2 * r + s] = values[r * order + s] }
    }
  }

  init(outer e: UnsafeMutablePointer<Double>, _ order: Int) {
    for r in 0..<order {
      for s in 0..<order { entries[2 * r + s] = e[r] * e[s] }
    }
  }

  @inline(__always)
  subscript(r: Int, s: Int) -> Double {
    get { entries[2 * r + s] }
    set { entries[2 * r + s] = newValue }
  }

  static func - (a: Small, b: Small) -> Small {
    var result = a
    result.entries -= b.entries
    return result
  }

  /// tr E_c A.
  @inline(__always)
  func component(_ c: Int) -> Double {
    switch c {
    case 0: entries[0]
    case 1: entries[3]
    default: entries[1] + entries[2]
    }
  }

  /// E_c A.
  @inline(__always)
  private func selected(_ c: Int) -> SIMD4<Double> {
    switch c {
    case 0: SIMD4(entries[0], entries[1], 0, 0)
    case 1: SIMD4(0, 0, entries[2], entries[3])
    default: SIMD4(entries[2], entries[3], entries[0], entries[1])
    }
  }

  /// tr E_c A E_d B for symmetric A and B.
  @inline(__always)
  func product(_ c: Int, _ b: Small, _ d: Int) -> Double {
    let x = selected(c)
    let y = b.selected(d)
    return x[0] * y[0] + x[1] * y[2] + x[2] * y[1] + x[3] * y[3]
  }
}

extension MarginalDensity {
  /// I − λ CΛE⁻¹Λ' of one trial: (I + λ CΛΛ')⁻¹.
  @inline(__always)
  func shrinkage(
    _ c: UnsafeMutablePointer<Double>, _ inverse: UnsafeMutablePointer<Double>
  ) -> Small {
    var result = Small(q)
    guard q == 2 else {
      // Without cancellation: 1 − λCΛ²/(1 + λCΛ²).
      result[0, 0] = inverse[0]
      return result
    }
    let (l00, l10, l11) = (scale[0], scale[2], scale[3])
    let g00 = l00 * l00
    let g01 = l00 * l10
    let g11 = l10 * l10 + l11 * l11
    // The adjugate of I + λ C G over its determinant, which is that of E.
    let determinant = inverse[0] * inverse[3] - inverse[1] * inverse[2]
    result[0, 0] = determinant * (1 + lambda * (c[2] * g01 + c[3] * g11))
    result[0, 1] = -determinant * lambda * (c[0] * g01 + c[1] * g11)
    result[1, 0] = -determinant * lambda * (c[2] * g00 + c[3] * g01)
    result[1, 1] = determinant * (1 + lambda * (c[0] * g00 + c[1] * g01))
    return result
  }
}
