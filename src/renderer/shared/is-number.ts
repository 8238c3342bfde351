// Which cells of a table stand at its right edge.
export const isNumber = (cell: string): boolean => /^[-+]?[\d.,\s]*\d\s*%?$/.test(cell);
