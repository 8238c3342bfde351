// A long answer with every kind of block, for the gallery.

export const answer = `# Revenue by region

EMEA **grew 31 %**; see the [report](https://example.com/q3) or the ~~old~~ new \`summary.csv\`.

| Region | Q2 | Q3 | Growth |
| :-- | --: | --: | --: |
| EMEA | 4.10 M | 5.37 M | +31 % |
| Americas | 6.80 M | 7.72 M | +13.5 % |

## How to repeat it

1. Load the data

   \`\`\`python
   import pandas as pd
   d = pd.read_csv("sales.csv")  # 14 rows
   print(f"growth {d.revenue.sum():.1f}")
   \`\`\`

2. Look at the result:
   - [x] numbers match
   - [ ] mail sent

> A quote that explains why, over
> two lines.

\`\`\`ts
export async function load(path: string): Promise<number[]> {
  const text = await read(path);
  return text.split("\\n").map(Number); // one per line
}
\`\`\`

![A chart from elsewhere](https://example.com/chart.png)

<script>alert("never")</script>

---

That is all.
`;

/** Everything a text can hold beyond prose: maths, a diagram, a table, long code. */
export const rich = `# Fourier in one page

A periodic function $f$ with period $2\\pi$ is a sum of waves, so that \\(a_n = \\frac{1}{\\pi}\\int_{-\\pi}^{\\pi} f(x)\\cos nx\\,dx\\):

$$
f(x) = \\frac{a_0}{2} + \\sum_{n=1}^{\\infty} \\left( a_n \\cos nx + b_n \\sin nx \\right)
$$

It costs $5 and $6 in two shops, and $\\frac{1$ is broken.

| Wave | Period | Size $a_n$ | Share |
| :-- | --: | :-: | --: |
| Square | $2\\pi$ | 0 | 81 % |
| Saw | $2\\pi$ | $\\frac{1}{n}$ | 12 % |

\`\`\`mermaid
flowchart LR
  A[Sample the signal] --> B{Periodic?}
  B -- yes --> C[Series]
  B -- no --> D[Transform]
  C --> E[(Spectrum)]
  D --> E
\`\`\`

\`\`\`python
# spectrum.py
import numpy as np

def spectrum(samples: list[float], rate: int) -> np.ndarray:
    """The size of each wave."""
    return np.abs(np.fft.rfft(samples)) / rate  # one side only
\`\`\`

See [the proof](https://example.com/proof), [apple.com](https://evil.example/login) and [apple](https://аpple.com).
`;
