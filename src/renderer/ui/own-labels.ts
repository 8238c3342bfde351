// A card tells its fields apart by their labels: a label that comes again gets a number.

export function withOwnLabels<Field extends { label: string }>(fields: readonly Field[]): Field[] {
  const seen = new Map<string, number>();
  return fields.map((field) => {
    const times = (seen.get(field.label) ?? 0) + 1;
    seen.set(field.label, times);
    return times === 1 ? field : { ...field, label: `${field.label} ${times}` };
  });
}
