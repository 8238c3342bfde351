// A program that opens a sandbox, starts what will not go by itself, says `up` and stays: for tests
// that kill it. `node sandbox-host.ts bubblewrap|machine MARK`
import { runUntil } from "./opened-sandbox.ts";
import { bubblewrapHere, opensBubblewrap, opensMachine } from "./sandbox-fixture.ts";

const [tier, mark] = process.argv.slice(2);
const found = tier === "bubblewrap" ? await bubblewrapHere() : null;
const { sandbox, workspace } = await (found === null ? opensMachine : opensBubblewrap(found))();
const deaf = `trap '' INT TERM HUP; (trap '' HUP TERM; setsid bash -c 'exec -a ${mark} sleep 300') & (exec -a ${mark} sleep 300) & echo on; wait`;
await runUntil(sandbox, "shell", deaf, "on");
await sandbox.start(deaf, {});
await runUntil(
  sandbox,
  "python",
  `import subprocess\nsubprocess.Popen(['bash', '-c', 'exec -a ${mark} sleep 300'], start_new_session=True)\nprint('on', flush=True)\nimport time; time.sleep(300)`,
  "on",
);
console.log(`up ${workspace}`);
