// The `close` event of a dialog comes a task after the dialog closed. Gone from the page by then,
// another may be open in its place, which must stay.

/** Listens for `close` of a `<dialog>` that is still in the page. */
export const whenClosed =
  (done: () => void) =>
  ({ currentTarget }: Event): void => {
    if (currentTarget instanceof Node && currentTarget.isConnected) done();
  };
