// The page's beginning: the look, then the app.
import { mount } from "svelte";
import App from "./App.svelte";
import "./ui/ui.css";
import "./first-frame.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app.");
mount(App, { target });
