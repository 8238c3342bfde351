// The profile of macOS's sandbox-exec, as text: nothing is allowed but reading the system's programs,
// writing the workspace and folders of its own, and loopback of the one port that leads to the host.
import { AetheriaError } from "../../../contract/errors.ts";

export type SeatbeltPlace = {
  /** Real paths: the system compares those. */
  workspace: string;
  /** Home and temporary files, made for this sandbox and removed after it. */
  scratch: string;
  /** The folder with the supervisor. */
  inside: string;
  /** Where its way out listens. Loopback is everybody's here, so that each sandbox has its own. */
  proxyPort: number;
};

/** What programs need to start; nothing below /Users, /Volumes or /private/var that is anybody's. */
const readable = [
  "/System",
  "/Library/Apple",
  "/Library/Developer/CommandLineTools",
  "/Applications/Xcode.app/Contents/Developer",
  "/usr",
  "/bin",
  "/sbin",
  "/opt/homebrew",
  "/opt/local",
  "/private/etc/ssl",
  "/private/var/db/timezone",
  "/private/var/db/dyld",
  "/private/var/select",
];

const readableFiles = [
  "/",
  "/private/etc/hosts",
  "/private/etc/passwd",
  "/private/etc/protocols",
  "/private/etc/services",
  "/private/etc/localtime",
];

const devices = ["null", "zero", "random", "urandom", "dtracehelper", "tty", "ptmx"];

/** Throws AetheriaError `bad_input` for a path that cannot stand in a profile. */
export function seatbeltProfile(place: SeatbeltPlace): string {
  const { workspace, scratch, inside, proxyPort } = place;
  return [
    "(version 1)",
    "(deny default)",
    "(allow process-fork)",
    rule("allow process-exec", [...readable, workspace, scratch].map(subpath)),
    // Only its own kind: a signal or a look at anybody else's processes is refused.
    "(allow signal (target same-sandbox))",
    "(allow process-info* (target same-sandbox))",
    "(allow sysctl-read)",
    '(allow mach-lookup (global-name "com.apple.system.notification_center"))',
    "(allow ipc-posix-sem)",
    "(allow pseudo-tty)",
    rule("allow file-read*", [...readable, inside, workspace, scratch].map(subpath)),
    rule("allow file-read*", readableFiles.map(literal)),
    rule("allow file-read-metadata", parents([workspace, scratch, inside]).map(literal)),
    rule("allow file-write*", [workspace, scratch].map(subpath)),
    rule("allow file-read* file-write-data file-ioctl", [
      ...devices.map((name) => literal(`/dev/${name}`)),
      '(regex #"^/dev/ttys[0-9]+$")',
    ]),
    // What runs as its owner would leave a program of the person's for others.
    "(deny file-write-setugid)",
    "(deny network*)",
    // The way out, and sockets in files of its own.
    `(allow network-bind network-inbound (local ip "localhost:${proxyPort}"))`,
    `(allow network-outbound (remote ip "localhost:${proxyPort}"))`,
    rule(
      "allow network-bind network-outbound",
      [scratch].map((path) => `(subpath ${text(path)})`),
    ),
    "",
  ].join("\n");
}

function rule(what: string, filters: string[]): string {
  return `(${what}\n  ${filters.join("\n  ")})`;
}

const subpath = (path: string) => `(subpath ${text(path)})`;
const literal = (path: string) => `(literal ${text(path)})`;

/** As a string of the profile's language, out of which no name of a folder can break. */
function text(path: string): string {
  if (!path.startsWith("/") || /[\u0000-\u001f\u007f]/.test(path))
    throw new AetheriaError("bad_input", "This folder's name cannot be used for a sandbox.", {
      hint: "Choose a folder whose name has no control characters.",
    });
  return `"${path.replace(/[\\"]/g, "\\$&")}"`;
}

/** Every folder on the way, so that it can be walked, not listed. */
function parents(paths: string[]): string[] {
  const found = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      found.add(path.slice(0, at));
  return [...found].sort();
}
