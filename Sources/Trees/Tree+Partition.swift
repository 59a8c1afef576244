extension Tree {
  /// The leaf id of each of the root's rows, in their order.
  ///
  /// Where the tree was grown on all rows of the data this is the leaf of row 0, 1, ….
  public var partition: [Int] {
    let rows = root.rows
    var position = [Int](repeating: 0, count: Int(rows.max() ?? -1) + 1)
    for (place, row) in rows.enumerated() { position[Int(row)] = place }
    var result = [Int](repeating: root.id, count: rows.count)
    for leaf in leaves {
      for row in leaf.rows { result[position[Int(row)]] = leaf.id }
    }
    return result
  }

  /// The tree in which an inner node is a leaf: its descendants are gone, all other nodes and all
  /// ids stay.
  public func collapsed(at id: Int) -> Tree {
    let start = position(of: id)
    var end = start + 1
    while end < nodes.count, nodes[end].depth > nodes[start].depth { end += 1 }
    var result = self
    result.nodes.removeSubrange((start + 1)..<end)
    result.nodes[start].split = nil
    result.nodes[start].children = []
    return result
  }
}

/// The value of a variable for a participant who may not belong to the data.
public enum SplitValue: Sendable, Equatable {
  /// A number; not-a-number is a missing value.
  case number(Double)
  /// An index into the variable's levels.
  case level(Int)
}

extension Tree {
  /// The leaf id of a participant, nil where a value on the path is missing or was unseen in its
  /// node.
  ///
  /// `value` gives a variable's value, nil where it is missing or no level of the data; it is asked
  /// for variables on the path only.
  public func leaf(for value: (_ variable: Int) -> SplitValue?) -> Int? {
    var current = root
    while let split = current.split {
      guard let answer = value(split.variable), let child = split.child(for: answer),
        child < current.children.count
      else { return nil }
      current = node(current.children[child])
    }
    return current.id
  }
}

extension Split {
  /// The position among the children to which a value goes, nil where it goes to none.
  public func child(for value: SplitValue) -> Int? {
    switch (self, value) {
    case (.numeric(_, let breakpoint), .number(let number)):
      number.isNaN ? nil : number <= breakpoint ? 0 : 1
    case (.ordered(_, let breakpoint), .level(let level)):
      level <= breakpoint ? 0 : 1
    case (.nominal(_, let groups), .level(let level)):
      groups.firstIndex { $0.contains(level) }
    default: nil
    }
  }
}
