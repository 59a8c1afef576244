import Tables

/// The levels of a treatment column, and which of them are compared.
struct Arms {
  let column: String
  /// One code a row of the file.
  let codes: [Int32]
  /// All levels of the column.
  let levels: [String]
  private let options: DesignOptions

  /// The treatment column, its levels checked against the options that name levels.
  init(
    _ column: String, _ codes: [Int32], _ levels: [String], options: DesignOptions, file: String
  ) throws(DesignError) {
    self.column = column
    self.codes = codes
    self.levels = levels
    self.options = options
    for level in options.arms?.levels ?? [] {
      try Self.check("--arms", level, among: levels, column, file)
    }
    if let reference = options.reference {
      try Self.check("--reference", reference, among: compared, column, file)
    }
  }

  private static func check(
    _ option: String, _ level: String, among levels: [String], _ column: String, _ file: String
  ) throws(DesignError) {
    guard levelIndex(level, in: levels) == nil else { return }
    let fault = DesignError.Fault.noSuchArm(
      option: option, level: level, column: column, levels: levels)
    throw DesignError(fault, file: file)
  }

  /// The levels that `--arms` keeps, in level order.
  var compared: [String] {
    guard let arms = options.arms else { return levels }
    let kept = arms.levels.compactMap { levelIndex($0, in: levels) }
    return levels.indices.filter { kept.contains($0) }.map { levels[$0] }
  }

  /// For each level, whether `--arms` drops its rows; nil without that option.
  var dropped: (codes: [Int32], dropped: [Bool])? {
    guard options.arms != nil else { return nil }
    let compared = compared
    return (codes, levels.map { !compared.contains($0) })
  }

  /// The control arm among some levels: the one that the user named, else the first usual name of
  /// a control that is a level, else the first level.
  func reference(among levels: [String]) -> Int {
    if let name = options.reference, let index = levelIndex(name, in: levels) { return index }
    for name in ["control", "placebo", "usual care", "sham", "0"] {
      if let index = levels.firstIndex(where: { $0.lowercased() == name }) { return index }
    }
    return 0
  }

  /// The arms of the used rows, 0 for the reference.
  func arms(
    _ selection: RowSelection, file: String
  ) throws(DesignError) -> (treatment: TreatmentArms, arm: [UInt8]) {
    let (codes, levels) = selection.selectLevels(codes, levels)
    guard levels.count == 2 else {
      throw DesignError(.armCount(column: column, levels: levels), file: file)
    }
    if let name = options.reference {
      try Self.check("--reference", name, among: levels, column, file)
    }
    let reference = reference(among: levels)
    let treatment = TreatmentArms(
      column: column, reference: levels[reference], active: levels[1 - reference])
    return (treatment, codes.map { Int($0) == reference ? 0 : 1 })
  }
}
