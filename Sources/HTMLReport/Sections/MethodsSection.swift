import MixedModels
import Reports
import Subgroups
import Words

extension ReportBuilder {
  /// A paragraph for a manuscript, with its citations.
  var methodsSection: ReportSection {
    ReportSection(
      "methods", "Methods, ready to paste",
      [
        .block(.paragraph(methodsParagraph)), .subheading("References"),
        .block(.list(references)),
      ])
  }

  private var methodsParagraph: String {
    ([data] + fit.groups.map(model) + [growth, estimation, software]).filter { !$0.isEmpty }
      .joined(separator: " ")
  }

  private var data: String {
    let left = (fit.data.integer("rows") ?? fit.participants) - fit.participants
    return "Individual participant data of \(counted(fit.trials.count, "trial")) "
      + "(\(counted(fit.participants, "participant"))) were analysed"
      + (left > 0
        ? "; \(counted(left, "participant")) with a missing value in a variable of the analysis "
          + "\(left == 1 ? "was" : "were") left out" : "") + "."
  }

  private func model(_ group: ReportGroup) -> String {
    let intercepts: String
    switch group.method.terms.intercepts {
    case .perLeaf: intercepts = "an intercept for each subgroup"
    case .perLeafAndTrial: intercepts = "an intercept for each trial in each subgroup"
    case .perTrial: intercepts = "an intercept for each trial and a shift of it for each subgroup"
    }
    let random = [
      group.method.terms.randomIntercept ? "intercepts" : nil,
      group.method.terms.randomEffect ? "treatment effects" : nil,
    ].compactMap { $0 }
    let family =
      fit.isBinomial ? "a logistic model" : "a linear model"
    let trials =
      random.isEmpty
      ? "no random effects of trials"
      : "random \(enumeration(random)) of trials"
        + (fit.control.flag("correlated") == true ? ", correlated" : "")
    return
      "The treatment effect was modelled by \(family) (\(group.method.rawValue)) with \(intercepts), a "
      + "treatment effect for each subgroup and \(trials)" + covariates + "."
  }

  private var covariates: String {
    let names = fit.data.texts("covariates")
    return names.isEmpty ? "" : ", adjusted for \(enumeration(names))"
  }

  private var growth: String {
    guard fit.prespecified == nil else {
      return "Subgroups were the levels of \(fit.prespecified ?? ""), specified beforehand."
    }
    let parameters =
      fit.control.text("test_parameters") == "treatment"
      ? "of the treatment effect" : "of the coefficients of the node's model"
    let adjusted = fit.usesBonferroni ? " with Bonferroni adjustment" : ""
    var text =
      "Subgroups were found by model-based recursive partitioning [1, 2]: a node was split where tests of the "
      + "stability \(parameters) along \(enumeration(fit.variables)) had a p-value of at most "
      + "\(NumberStyle.significant(fit.alpha))\(adjusted)"
    if let size = fit.control.integer("min_size") {
      text += ", nodes having at least \(size) participants"
    }
    text += "."
    if fit.groups.contains(where: { $0.method.terms.randomTerms > 0 }) {
      text += " Trees and trial effects were estimated in turn until neither changed [3]."
    }
    return text
  }

  private var estimation: String {
    var sentences: [String] = []
    let likelihood = Set(fit.groups.compactMap { $0.likelihood?.word }).sorted()
    if !likelihood.isEmpty {
      sentences.append(
        "Estimates by \(likelihood.joined(separator: " and ")) have \(fit.levelWord) intervals"
          + (fit.isBinomial
            ? " from the normal distribution."
            : " from the t distribution on Satterthwaite's degrees of freedom."))
    }
    guard let run = fit.groups.compactMap(\.bayesian).first else {
      return sentences.joined(separator: " ")
    }
    let priors = run.fit.at("priors")
    let named = [
      ("effect", "treatment effects"), ("tau1", "τ1"), ("tau0", "τ0"), ("sigma", "σ"),
      ("correlation", "correlation"),
    ].compactMap { key, words in
      priors?.at(key).map { "\(words) \(Self.priorWords($0))" }
    }
    let sampler =
      run.fit.text("sampler") == "gibbs" ? "Gibbs sampling" : "Hamiltonian Monte Carlo [4]"
    sentences.append(
      "Posteriors were drawn by \(sampler) under the priors \(enumeration(named)) (set "
        + "\(priors?.text("name") ?? "")), with \(counted(run.fit.integer("chains") ?? 0, "chain")) of "
        + "\(run.fit.integer("draws") ?? 0) draws after \(run.fit.integer("warmup") ?? 0) of warm-up; convergence "
        + "was judged by rank-normalised R-hat (at most 1.01) and effective sample sizes [5].")
    return sentences.joined(separator: " ")
  }

  private var software: String {
    let version = fit.document.at("program")?.text("version") ?? ""
    return "The analysis was done with metamob \(version) (seed \(fit.call.integer("seed") ?? 0))."
  }

  private var references: [String] {
    [
      "[1] Zeileis A, Hothorn T, Hornik K (2008). Model-based recursive partitioning. Journal of Computational "
        + "and Graphical Statistics 17:492–514.",
      "[2] Huber C, Benda N, Friede T (2022). Subgroup identification in individual participant data "
        + "meta-analysis using model-based recursive partitioning. Advances in Data Analysis and Classification "
        + "16:797–815.",
      "[3] Fokkema M, Smits N, Zeileis A, Hothorn T, Kelderman H (2018). Detecting treatment-subgroup "
        + "interactions in clustered data with generalized linear mixed-effects model trees. Behavior Research "
        + "Methods 50:2016–2034.",
      "[4] Hoffman MD, Gelman A (2014). The No-U-Turn sampler. Journal of Machine Learning Research "
        + "15:1593–1623.",
      "[5] Vehtari A, Gelman A, Simpson D, Carpenter B, Bürkner PC (2021). Rank-normalization, folding, and "
        + "localization: an improved R-hat for assessing convergence of MCMC. Bayesian Analysis 16:667–718.",
    ].filter { reference in methodsParagraph.cites(reference) }
  }
}

extension String {
  /// Whether the text has the number at the beginning of a reference in square brackets.
  fileprivate func cites(_ reference: String) -> Bool {
    guard let number = reference.dropFirst().first else { return false }
    return contains("[\(number)]") || contains("[\(number),") || contains(", \(number)]")
  }
}
