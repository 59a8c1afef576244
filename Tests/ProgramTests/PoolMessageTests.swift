import TestSupport
import Testing

/// Estimates, counts and priors that cannot be pooled.
@Suite("Messages of pool")
struct PoolMessageTests {
  private static let table = "study,y,se\nA,-0.42,0.2\nB,0.05,0.15\nC,-0.91,0.35\n"
  private static let formula = "y ~ se | study"

  private static func pool(
    _ table: String, _ formula: String, options: [String] = [], code: Int32 = 65, _ error: String
  ) -> Message {
    Message(["pool", "d.csv", formula] + options, files: ["d.csv": table], code: code, error)
  }

  static let formulas: [Message] = [
    Message(
      ["pool", "d.csv"], code: 64,
      "metamob pool needs DATA and FORMULA: FORMULA is missing; 'metamob pool --help' explains"),
    Message(
      ["pool", "no.csv", formula], code: 66, "no.csv: no such file; check the name and the folder"),
    pool(
      table, "y ~ se",
      "formula, character 7: expected + and a covariate, or | and the trial's name, found the end; "
        + "write estimate ~ se | study, events | n ~ treatment | study, or outcome ~ treatment | trial"
    ),
    pool(
      table, "y ~ se | study | x",
      "formula, character 16: expected the end, found \"|\"; write estimate ~ se | study, events | n "
        + "~ treatment | study, or outcome ~ treatment | trial"),
    pool(
      table, "y ~ y | study",
      "column \"y\": it stands twice in the formula; each part needs a column of its own"),
    pool(
      table, "y ~ sd | study",
      "d.csv, column \"sd\": the file has no such column; did you mean \"se\"?"),
  ]

  static let tables: [Message] = [
    pool(
      "study,y,se\nA,1,0.2\n", formula,
      "d.csv, column \"study\": 1 study with an estimate (\"A\"); a meta-analysis needs two or more"
    ),
    pool(
      "study,y,se\nA,1,0.2\nB,2,NA\n", formula,
      "d.csv, column \"study\": 1 study with an estimate (\"A\"); a meta-analysis needs two or more"
    ),
    pool(
      "study,y,se\nA,1,0.2\nB,2,0\n", formula,
      "d.csv, line 3, column \"se\": the standard error 0 is not positive; mend it, or write NA to "
        + "leave the study out"),
    pool(
      "study,y,se\nA,1,0.2\nB,2,0.4\nA,3,0.5\n", formula,
      "d.csv, line 4, column \"study\": \"A\" stands on line 2 already; give each study a name of its "
        + "own; participants' data need a treatment of two arms"),
    pool(
      "study,y,se\nA,x,0.2\nB,2,0.4\n", formula,
      "d.csv, line 2, column \"y\": \"x\" is not a number; write NA for a missing value"),
    pool(
      "study,arm,r,n\nA,t,1,10\nA,c,12,10\n", "r | n ~ arm | study",
      "d.csv, line 3, columns \"r\", \"n\": 12 events in 10 participants cannot be; events and "
        + "participants are whole numbers, events at most participants"),
    pool(
      "study,arm,r,n\nA,t,1,10\nA,c,2,10\nA,t,3,10\n", "r | n ~ arm | study",
      "d.csv, line 4, column \"study\": \"A\" stands on line 2 already; give each study a name of its "
        + "own; participants' data need a treatment of two arms"),
    pool(
      "study,arm,r,n\nA,t,1,10\nA,c,2,10\nA,p,3,10\n", "r | n ~ arm | study",
      "d.csv, column \"arm\": the treatment has 3 arms among the used rows (\"c\", \"p\", \"t\"); "
        + "choose two of them with --arms A,B"),
    pool(
      "study,arm,r,n\nA,t,1,10\nA,c,2,10\nB,c,2,10\n", "r | n ~ arm | study",
      options: ["--subgroups", "study"],
      "covariates and --subgroups cannot stand beside counts of events; they need data of "
        + "participants, one row each"),
  ]

  static let priors: [Message] = [
    pool(
      table, formula, options: ["--tau-prior", "half-norml:1"], code: 64,
      "option --tau-prior, \"half-norml\": no family of priors; did you mean \"half-normal\"?"),
    pool(
      table, formula, options: ["--tau-prior", "half-normal:-1"], code: 64,
      "option --tau-prior, \"half-normal.scale\": -1 is given, a positive number is wanted"),
    pool(
      table, formula, options: ["--tau-prior", "half-t:3"], code: 64,
      "option --tau-prior, \"half-t\": 1 value given, wanted df, scale"),
    pool(
      table, formula, options: ["--tau-prior", "log-normal:0,1,tau^2"], code: 64,
      "option --tau-prior, \"log-normal.of\": \"tau\" or \"tau-squared\" is wanted here"),
    pool(
      table, formula, options: ["--mu-prior", "normal:0"], code: 64,
      "option --mu-prior, \"normal\": two numbers are wanted, a mean and a positive SD"),
    pool(
      "study,y,se\nA,1,0.2\nB,2,0.4\n", formula, options: ["--tau-prior", "flat"],
      "d.csv, column \"study\": with the flat prior of tau the posterior of 2 studies is improper; it "
        + "needs 3 or more, or a proper --tau-prior"),
    pool(
      table, formula, options: ["--priors", "weakly-informative"],
      "prior set 'weakly-informative': its effect and tau1 are in units that estimates do not tell; "
        + "give --mu-prior and --tau-prior, or a set with the unit absolute"),
    pool(
      table, formula, options: ["--measure", "HR"], code: 64,
      "option --measure: 'HR' is not one of OR, RR, RD; did you mean OR?"),
  ]

  @Test("One line, no result, the exit code", arguments: formulas + tables + priors)
  func message(_ message: Message) throws {
    try check(message)
  }
}
