// What the shop sells: 200 things, the same each time.
export type Product = {
  id: number;
  name: string;
  category: string;
  priceCents: number;
  stock: number;
  rating: number;
  material: string;
};

const materials = ["Walnut", "Oak", "Brass", "Steel", "Linen", "Ceramic", "Glass", "Cork"];
const things: readonly (readonly [thing: string, category: string])[] = [
  ["desk lamp", "Lighting"],
  ["floor lamp", "Lighting"],
  ["bookshelf", "Furniture"],
  ["stool", "Furniture"],
  ["side table", "Furniture"],
  ["kettle", "Kitchen"],
  ["serving bowl", "Kitchen"],
  ["pepper mill", "Kitchen"],
  ["wall clock", "Decoration"],
  ["photo frame", "Decoration"],
];
const sizes = ["small", "large", "classic"];

export const categories: readonly string[] = ["Lighting", "Furniture", "Kitchen", "Decoration"];

export const products: readonly Product[] = Array.from({ length: 200 }, (_, index) => {
  const [thing, category] = things[index % things.length]!;
  const material = materials[Math.floor(index / things.length) % materials.length]!;
  const round = Math.floor(index / (things.length * materials.length));
  return {
    id: index + 1,
    name: `${material} ${thing}, ${sizes[round]}`,
    category,
    priceCents: 990 + ((index * 3_719) % 24_000),
    stock: (index * 7) % 13,
    rating: 1 + ((index * 17) % 41) / 10,
    material,
  };
});

export const euros = (cents: number): string => `€${(cents / 100).toFixed(2)}`;

export type Wanted = {
  words: string;
  category: string;
  mostEuros: number | null;
  inStock: boolean;
  sort: string;
};

const orders: Readonly<Record<string, (a: Product, b: Product) => number>> = {
  price: (a, b) => a.priceCents - b.priceCents,
  "-price": (a, b) => b.priceCents - a.priceCents,
  rating: (a, b) => b.rating - a.rating,
};

export function findProducts(wanted: Wanted): Product[] {
  const words = wanted.words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = products.filter(
    ({ name, category, priceCents, stock }) =>
      words.every((word) => `${name} ${category}`.toLowerCase().includes(word)) &&
      (wanted.category === "" || category === wanted.category) &&
      (wanted.mostEuros === null || priceCents <= wanted.mostEuros * 100) &&
      (!wanted.inStock || stock > 0),
  );
  return found.sort(orders[wanted.sort] ?? ((a, b) => a.id - b.id));
}
