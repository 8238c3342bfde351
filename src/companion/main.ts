// The companion's beginning: the look, what this device keeps, then the app.
import { mount } from "svelte";
import "../renderer/ui/ui.css";
import "./companion.css";
import App from "./App.svelte";
import { openVault } from "./cache/sealed-vault.ts";
import { takeInvitation } from "./state/invitation.ts";
import { loadLink } from "./state/link.ts";
import { startWorker } from "./worker/start-worker.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app.");
const invitation = takeInvitation();
const vault = await openVault();
const link = await loadLink(vault).catch(() => null);
target.replaceChildren();
mount(App, { target, props: { vault, link, invitation } });
startWorker();
