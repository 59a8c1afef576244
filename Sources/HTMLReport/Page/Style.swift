extension ReportPage {
  /// The style: light and dark by the reader's wish, black on white in print.
  ///
  /// Colours of text have a contrast of 4.5 to 1 at least on both grounds; those of figures change with them.
  static let style = """
    :root { --paper: #ffffff; --ink: #1a1a1a; --faint: #555555; --line: #c9c9c9; --soft: #f3f5f7;
      --link: #005a9c; --focus: #b34700; --pale: #dddddd; --mark: #e8eef4; }
    @media screen and (prefers-color-scheme: dark) {
      :root { --paper: #16191d; --ink: #e9e9e6; --faint: #b4b8bd; --line: #474d55; --soft: #20252b;
        --link: #86c1f2; --focus: #ffb066; --pale: #3a4048; --mark: #26364a; }
      svg [fill="#0072b2"] { fill: #56b4e9; } svg [stroke="#0072b2"] { stroke: #56b4e9; }
      svg [fill="#d55e00"] { fill: #ff8c42; } svg [stroke="#d55e00"] { stroke: #ff8c42; }
      svg [fill="#009e73"] { fill: #2fc79c; } svg [stroke="#009e73"] { stroke: #2fc79c; }
    }
    * { box-sizing: border-box; }
    html { background: var(--paper); color: var(--ink); scroll-behavior: auto; }
    body { margin: 0 auto; max-width: 86rem; padding: 0 1.25rem 4rem; line-height: 1.5;
      font-family: system-ui, "Segoe UI", "DejaVu Sans", Verdana, sans-serif; font-size: 1rem; }
    h1 { font-size: 1.7rem; line-height: 1.25; margin: 1.5rem 0 0.25rem; }
    h2 { font-size: 1.35rem; margin: 2.75rem 0 0.75rem; padding-bottom: 0.25rem;
      border-bottom: 2px solid var(--line); }
    h3 { font-size: 1.1rem; margin: 1.75rem 0 0.5rem; }
    h4 { font-size: 1rem; margin: 1.25rem 0 0.4rem; }
    h1, h2, h3, h4, p, li, dt, dd { overflow-wrap: anywhere; }
    header p { margin: 0; color: var(--faint); }
    p, ul, dl { max-width: 46rem; margin: 0.5rem 0; }
    li { margin: 0.25rem 0; }
    a { color: var(--link); }
    .note { color: var(--faint); font-size: 0.875rem; }
    .columns { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 2rem; }
    nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto;
      padding-top: 2.75rem; font-size: 0.9rem; }
    nav ul { list-style: none; padding: 0; }
    nav a { display: block; padding: 0.15rem 0; text-decoration: none; }
    nav a:hover { text-decoration: underline; }
    main { min-width: 0; }
    dl { display: grid; gap: 0.25rem 0; margin: 0.75rem 0; }
    dl div { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 0 1rem; }
    dt { color: var(--faint); grid-column: 1; }
    dd { margin: 0; grid-column: 2; }
    .table, .scroll { overflow-x: auto; margin: 0.75rem 0; }
    table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; color: var(--faint); padding-bottom: 0.25rem; }
    th, td { padding: 0.3rem 0.6rem; text-align: right; vertical-align: top; }
    td { white-space: nowrap; }
    th { font-weight: 600; } th[scope="row"], .titles th:first-child, .section th { text-align: left; }
    th[scope="row"] { font-weight: 400; min-width: 8rem; max-width: 22rem; }
    .panels th { text-align: center; border-bottom: 1px solid var(--line); }
    .titles th { border-bottom: 2px solid var(--line); vertical-align: bottom; }
    tbody tr { border-bottom: 1px solid var(--line); }
    .section th { background: var(--soft); }
    .edge { padding-left: 1.4rem; }
    th button { font: inherit; color: inherit; background: none; border: 0; padding: 0;
      cursor: pointer; text-align: inherit; }
    th button::after { content: " \\2195"; color: var(--faint); }
    th[aria-sort="ascending"] button::after { content: " \\2191"; color: var(--ink); }
    th[aria-sort="descending"] button::after { content: " \\2193"; color: var(--ink); }
    figure { margin: 1rem 0; }
    figcaption { color: var(--faint); font-size: 0.8125rem; }
    code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
    svg { display: block; max-width: 100%; height: auto; } svg a { cursor: pointer; }
    svg a rect { pointer-events: all; }
    svg a:focus-visible rect, svg a:hover rect { stroke: var(--focus); stroke-width: 3; }
    svg a { outline: none; }
    @media screen { svg a.chosen rect { stroke: var(--focus); stroke-width: 3; } }
    svg [fill="#1a1a1a"] { fill: var(--ink); } svg [stroke="#1a1a1a"] { stroke: var(--ink); }
    svg [fill="#5a5a5a"] { fill: var(--faint); } svg [stroke="#5a5a5a"] { stroke: var(--faint); }
    svg [fill="#dddddd"] { fill: var(--pale); } svg [stroke="#dddddd"] { stroke: var(--pale); }
    svg [fill="#ffffff"] { fill: var(--paper); } svg [stroke="#ffffff"] { stroke: var(--paper); }
    svg [fill="#e8eef4"] { fill: var(--mark); }
    .node { border: 1px solid var(--line); border-left: 4px solid var(--link); border-radius: 4px;
      padding: 0.25rem 1rem 0.75rem; margin: 1rem 0; scroll-margin-top: 1rem; }
    .node h3, .node h4 { margin-top: 0.75rem; }
    .scripted .node { display: none; } .scripted .node.chosen { display: block; }
    details { margin: 1rem 0; border: 1px solid var(--line); border-radius: 4px; padding: 0.5rem 1rem; }
    summary { cursor: pointer; font-weight: 600; }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .skip { position: absolute; left: -999rem; } .skip:focus { left: 0.5rem; top: 0.5rem;
      background: var(--paper); padding: 0.5rem; z-index: 1; }
    @media screen and (max-width: 60rem) { .columns { display: block; } nav { position: static; padding-top: 0; }
      nav ul { columns: 2; } dl div { display: block; } }
    @media print { html { font-size: 9.5pt; } body { max-width: none; padding: 0; } nav, .skip { display: none; }
      .columns { display: block; } .table, .scroll { overflow: visible; } table { font-size: 8pt; }
      th, td { padding: 1.5pt 3pt; } .edge { padding-left: 6pt; } td { white-space: normal; }
      svg { min-width: 0 !important; max-height: 23cm; } .scripted .node { display: block; }
      h2, h3, h4, summary { break-after: avoid; break-inside: avoid; }
      figure, table, tr, li, dl div { break-inside: avoid; } th button { display: contents; }
      th button::after { content: none; } a { color: inherit; text-decoration: none; } }

    """
}
