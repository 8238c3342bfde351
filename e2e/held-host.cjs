// Required by main before the app: its host hears nothing before `letHostGo()`, so that a test sees the
// page without one for as long as it likes.
const { utilityProcess } = module.require("electron");

const { fork } = utilityProcess;
const gone = new Promise((resolve) => (globalThis.letHostGo = resolve));

utilityProcess.fork = (...args) => {
  const child = fork(...args);
  const post = child.postMessage.bind(child);
  child.postMessage = (...message) => void gone.then(() => post(...message));
  return child;
};
