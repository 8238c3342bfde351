// The environment of what runs inside: nothing of the host's, and the proxy as the way out.

export type InsideEnvironment = {
  home: string;
  /** Where the supervisor's proxy listens inside. */
  proxyPort: number;
  path?: string;
};

export const proxyPort = 3128;

export function insideEnvironment({
  home,
  proxyPort: port,
  path = "/usr/local/bin:/usr/bin:/bin",
}: InsideEnvironment): Record<string, string> {
  const proxy = `http://127.0.0.1:${port}`;
  const notProxied = "localhost,127.0.0.1,::1";
  return {
    PATH: `${home}/.local/bin:${path}`,
    HOME: home,
    USER: "sandbox",
    LOGNAME: "sandbox",
    SHELL: "/bin/bash",
    LANG: "C.UTF-8",
    TMPDIR: "/tmp",
    PAGER: "cat",
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    NO_PROXY: notProxied,
    http_proxy: proxy,
    https_proxy: proxy,
    all_proxy: proxy,
    no_proxy: notProxied,
    NODE_USE_ENV_PROXY: "1",
    PYTHONUSERBASE: `${home}/.local`,
    MPLBACKEND: "Agg",
    PIP_USER: "1",
    PIP_BREAK_SYSTEM_PACKAGES: "1",
    PIP_NO_INPUT: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_CACHE_DIR: "1",
    PIP_PROXY: proxy,
    npm_config_prefix: `${home}/.local`,
    npm_config_cache: "/tmp/npm-cache",
    npm_config_update_notifier: "false",
    npm_config_fund: "false",
    npm_config_audit: "false",
    npm_config_proxy: proxy,
    npm_config_https_proxy: proxy,
  };
}
