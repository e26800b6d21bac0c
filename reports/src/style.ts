// What charts look like, on light and on dark: .s0 to .s7 fill a series, .l0 to .l2 draw its line.

export const STYLE = [
  'text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}',
  '.title{font-size:16px;font-weight:600}.quiet{fill:#59636e}.small{font-size:11px}',
  '.line{stroke:#59636e;stroke-width:1}.grid{stroke:#d1d9e0;stroke-width:1}',
  '.s0{fill:#c2410c}.s1{fill:#64748b}.s2{fill:#0f766e}.s3{fill:#94a3b8}',
  '.s4{fill:#7c3aed}.s5{fill:#0369a1}.s6{fill:#a16207}.s7{fill:#be185d}',
  '.l0{stroke:#c2410c}.l1{stroke:#64748b}.l2{stroke:#0f766e}path{fill:none;stroke-width:1.5;stroke-linejoin:round}',
  '@media (prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#9198a1}.line{stroke:#9198a1}.grid{stroke:#3d444d}',
  '.s0{fill:#fb923c}.s1{fill:#94a3b8}.s2{fill:#2dd4bf}.s3{fill:#64748b}',
  '.s4{fill:#a78bfa}.s5{fill:#38bdf8}.s6{fill:#facc15}.s7{fill:#f472b6}',
  '.l0{stroke:#fb923c}.l1{stroke:#94a3b8}.l2{stroke:#2dd4bf}}',
].join('')
