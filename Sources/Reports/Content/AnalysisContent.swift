import Designs
import MixedModels
import Posterior
public import Subgroups
import Trees

extension ReportContent {
  /// The report of an analysis.
  ///
  /// What was done, the trees, the effects, the heterogeneity, and whether the chains can be
  /// believed. It holds no wall times, so that it is the same each time.
  public init(_ analysis: Analysis, _ supplements: Supplements = Supplements(), call: CallInfo) {
    self.init(blocks: AnalysisContent(analysis, supplements, call: call).blocks)
  }
}

/// Builds the report of an analysis, section by section.
struct AnalysisContent {
  let analysis: Analysis
  let supplements: Supplements
  let call: CallInfo
  let groups: [MethodGroup]
  let variables: [SplitVariable]
  let style: NumberStyle

  init(_ analysis: Analysis, _ supplements: Supplements = Supplements(), call: CallInfo) {
    self.analysis = analysis
    self.supplements = supplements
    self.call = call
    groups = MethodGroup.groups(of: analysis)
    variables = analysis.design.splitVariables
    style = NumberStyle(precisions: groups.flatMap(\.precisions))
  }

  var design: Design { analysis.design }
  var level: String { NumberStyle.percent(analysis.plan.level) }
  var isPrespecified: Bool { design.subgroups != nil }

  var blocks: [ReportBlock] {
    var blocks = opening + wholePopulation
    blocks += [.heading("In short"), .list(groups.flatMap(summary))]
    blocks += methods + crossValidation
    for group in groups {
      blocks += trees(group) + clarity(group) + interactions(group) + splitEvidence(group)
      blocks += treeDraws(group)
      blocks += effects(group) + twoStage(group) + contrasts(group) + heterogeneity(group)
      blocks += fitStatistics(group) + sensitivity(group) + predictiveChecks(group)
      blocks += prediction(group) + chains(group)
    }
    if analysis.runs.count > 2 { blocks += agreementTable }
    if !analysis.allWarnings.isEmpty {
      blocks += [.heading("Warnings"), .list(analysis.allWarnings)]
    }
    return blocks
  }

  /// A section's heading; with several methods it names the one that it is about.
  func heading(_ text: String, _ group: MethodGroup) -> ReportBlock {
    .heading(groups.count > 1 ? "\(text): \(group.method.rawValue)" : text)
  }
}

extension String {
  /// The text with no-break spaces for its spaces.
  var unbroken: String { String(map { $0 == " " ? noBreakSpace : $0 }) }
}
