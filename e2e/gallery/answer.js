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
