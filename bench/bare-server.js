// The yardstick: the least Node program that listens with socket.io.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((request, response) => response.end("ok"));
new Server(http, { serveClient: false });
http.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}`));
process.once("SIGTERM", () => process.exit(0));
