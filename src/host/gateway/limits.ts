// How much one client may ask of the gateway. The numbers are for people and their programs; what
// exceeds them is refused with a sentence, and the host lives on.

export type GatewayLimits = {
  /** Largest message. The longest text a call may carry is a million characters, up to three bytes
   * each, and its JSON around it. */
  messageBytes: number;
  messagesPerSecond: number;
  /** Messages that may come at once before the rate counts. */
  messageBurst: number;
  connections: number;
  /** Wrong tokens per address and minute; then even the right one has to wait. */
  wrongTokensPerMinute: number;
  /** What may wait for a client that does not read. It catches up when it comes back. */
  backlogBytes: number;
};

export const usualLimits: GatewayLimits = {
  messageBytes: 4 * 1024 * 1024,
  messagesPerSecond: 100,
  messageBurst: 300,
  connections: 64,
  wrongTokensPerMinute: 20,
  backlogBytes: 16 * 1024 * 1024,
};
