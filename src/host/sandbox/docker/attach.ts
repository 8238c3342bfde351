// The stream to a container's main process. Asked for by hand: the client library announces a chunked body
// before it takes the connection over, and Podman then reads the first frame as the head of a chunk.
import { request } from "node:http";
import type { Duplex } from "node:stream";
import type { Engine } from "./engine.ts";

export function attachTo({ address, apiVersion }: Engine, id: string): Promise<Duplex> {
  const query = "stream=1&stdin=1&stdout=1&stderr=1";
  return new Promise((resolve, reject) => {
    const asked = request({
      ...address,
      method: "POST",
      path: `/v${apiVersion}/containers/${id}/attach?${query}`,
      headers: { Connection: "Upgrade", Upgrade: "tcp", "Content-Length": 0 },
    });
    asked.once("upgrade", (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.once("response", (response) => {
      response.resume();
      reject(new Error(`the engine answered ${response.statusCode} to attach`));
    });
    asked.once("error", reject);
    asked.end();
  });
}
