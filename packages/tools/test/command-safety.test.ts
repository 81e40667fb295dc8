/** Classes I and J of the security cases: bytes arrive as they are, and no variable gets in that is not on the list. */
import { bashTool } from "@clawd/tools";
import { hostEnvironment } from "@clawd/tools/host";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => void (world = aWorld()));
afterEach(() => world.end());

const bash = bashTool();

/** T-I2, as a command hands them on. */
const payloads = [
  ..."; id|&& id|& id|`id`|$(id)|<(id)|${HOME}|${x@P}|$'\\x41'|<<EOF|*|?|[a]|~|~root|$HOME|$IFS|!!|#|^|%COMSPEC%|\\|'|\"|''|--|-e|-enc|-lc".split(
    "|",
  ),
  "a || b",
  "a | b",
  "\n",
  "\r",
  "$\\\n",
  "\\\n",
  "\t ",
  "",
  "；＆｜",
  "\u200b\u202e",
  "\u{1F600}",
  "é\u0301",
];

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

test("the arguments of the started program are the given ones, byte for byte", async () => {
  const { home, environment } = world.place;
  const property = fc.asyncProperty(
    fc.oneof(
      fc.constant(payloads),
      fc.array(fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""))),
    ),
    async (args) => {
      const command = await world.place.start({
        argv: ["/bin/cat", "/proc/self/cmdline", ...args],
        cwd: home,
        environment: environment.base,
        input: "none",
      });
      let stdout = Buffer.alloc(0);
      for await (const { stream, bytes } of command.output)
        if (stream === "stdout") stdout = Buffer.concat([stdout, bytes]);
      const given = Buffer.from(`/bin/cat\0/proc/self/cmdline\0${args.map((each) => `${each}\0`).join("")}`);
      expect(stdout.subarray(0, given.length).equals(given)).toBe(true);
    },
  );
  await fc.assert(property, { numRuns: 30 });
});

test("the command of bash is one argument of the shell, whatever is in it", async () => {
  for (const payload of payloads) {
    const { text } = await world.call(bash, {
      command: `tr '\\0' '\\036' < /proc/$$/cmdline; : ${quoted(payload)}`,
    });
    // Control and formatting characters are not shown; everything else is.
    const shown = payload.replaceAll("\r", "\n").replaceAll(/[\u200b\u202e]/g, "");
    expect(text).toContain(`: ${quoted(shown)}`);
  }
  expect(await world.call(bash, { command: "echo a\0b" })).toMatchObject({ isError: true });
});

const dangerous =
  "LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG_OUTPUT LD_PROFILE LD_BIND_NOW DYLD_INSERT_LIBRARIES DYLD_LIBRARY_PATH DYLD_FRAMEWORK_PATH DYLD_FALLBACK_LIBRARY_PATH DYLD_ROOT_PATH NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_REPL_EXTERNAL_MODULE NODE_TLS_REJECT_UNAUTHORIZED NPM_CONFIG_REGISTRY npm_config_script_shell npm_execpath NPM_CONFIG_USERCONFIG YARN_RC_FILENAME PNPM_HOME BUN_INSTALL DENO_DIR BASH_ENV ENV BASHOPTS BASH_FUNC_ls BASH_XTRACEFD SHELLOPTS PS4 PS1 PROMPT_COMMAND IFS CDPATH GLOBIGNORE ZDOTDIR FPATH SHELL PATH HOME TMPDIR PWD GIT_SSH GIT_SSH_COMMAND GIT_EXTERNAL_DIFF GIT_PAGER GIT_EDITOR GIT_ASKPASS GIT_EXEC_PATH GIT_TEMPLATE_DIR GIT_CONFIG GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_DIR GIT_WORK_TREE GIT_PROXY_COMMAND GIT_SEQUENCE_EDITOR GIT_TRACE GIT_ALTERNATE_OBJECT_DIRECTORIES PYTHONPATH PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PYTHONUSERBASE PYTHONEXECUTABLE PYTHONPLATLIBDIR PYTHONWARNINGS PYTHONBREAKPOINT PYTHONPYCACHEPREFIX PERL5LIB PERL5OPT PERL5DB PERL5SHELL RUBYOPT RUBYLIB RUBYSHELL GEM_HOME GEM_PATH BUNDLE_GEMFILE JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH MAVEN_OPTS GRADLE_OPTS LUA_INIT LUA_PATH LUA_CPATH PHPRC PHP_INI_SCAN_DIR GOFLAGS GOPROXY GOTOOLCHAIN GOENV CGO_CFLAGS CARGO_HOME CARGO_BUILD_RUSTC RUSTC RUSTC_WRAPPER RUSTFLAGS RUSTUP_TOOLCHAIN CC CXX LD AS AR CFLAGS LDFLAGS MAKEFLAGS MAKEFILES CMAKE_TOOLCHAIN_FILE PKG_CONFIG_PATH EDITOR VISUAL PAGER MANPAGER LESSOPEN LESSCLOSE BROWSER SSH_ASKPASS SSH_AUTH_SOCK RSYNC_RSH CVS_RSH SVN_SSH TAR_OPTIONS GREP_OPTIONS GCONV_PATH LOCPATH NLSPATH MALLOC_CHECK_ GLIBC_TUNABLES HOSTALIASES RESOLV_HOST_CONF TERMINFO INPUTRC VIMINIT EXINIT OPENSSL_CONF OPENSSL_MODULES SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE CURL_HOME HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy DOCKER_HOST DOCKER_CONFIG KUBECONFIG AWS_SHARED_CREDENTIALS_FILE CLOUDSDK_PYTHON HOMEBREW_BREW_FILE ANTHROPIC_API_KEY ANTHROPIC_BASE_URL OPENAI_BASE_URL CLAWDBOT_CONFIG_PATH CLAWDBOT_STATE_DIR CLAWD_COMMAND".split(
    " ",
  );

describe("the environment", () => {
  test(`${dangerous.length} dangerous variables are refused as the env of a call`, async () => {
    for (const name of dangerous) {
      const { isError, details, text } = await world.call(bash, {
        command: "cat /proc/self/environ",
        env: { [name]: "planted" },
      });
      expect([name, isError, details?.["code"]]).toEqual([name, true, "CLAWD_COMMAND_ENVIRONMENT"]);
      expect(text).not.toContain("planted");
    }
  });

  test.each(["", "a b", "A=B", "A\0", "A\n", "é", "constructor"])("%j is no name", async (name) => {
    const env = Object.fromEntries([[name, "x"]]);
    expect(await world.call(bash, { command: "env", env })).toMatchObject({ isError: true });
  });

  test.each(["a\nb", "a\rb", "a\0b", "x".repeat(70_000)])(
    "a value that is no line is refused",
    async (value) => {
      expect(await world.call(bash, { command: "env", env: { TZ: value } })).toMatchObject({ isError: true });
    },
  );

  test("a command has the list and nothing of the gateway's", async () => {
    process.env["GATEWAY_TOKEN_FOR_TEST"] = "token-of-the-gateway";
    const { text } = await world.call(bash, {
      command: "cat /proc/self/environ | tr '\\0' '\\n'",
    });
    delete process.env["GATEWAY_TOKEN_FOR_TEST"];
    const names = text
      .split("\n")
      .flatMap((line) => /^([A-Za-z_]+)=/.exec(line)?.[1] ?? [])
      .sort();
    const shell = ["OLDPWD", "PWD", "SHLVL", "_"];
    expect(names.filter((name) => !shell.includes(name))).toEqual([
      "CLAWD_COMMAND",
      "HOME",
      "LANG",
      "PATH",
      "TERM",
      "TMPDIR",
      "USER",
    ]);
    expect(text).not.toContain("token-of-the-gateway");
  });

  test("configured names may be set, and code loaders cannot be configured", async () => {
    await world.end();
    world = aWorld({ settable: ["DEBUG"], variables: { AWS_PROFILE: "work" } });
    expect(
      (await world.call(bash, { command: "echo $DEBUG $AWS_PROFILE", env: { DEBUG: "yes" } })).text,
    ).toBe("yes work\n");
    expect(await world.call(bash, { command: "env", env: { AWS_PROFILE: "other" } })).toMatchObject({
      isError: true,
    });
    const refused = expect.objectContaining({ code: "CLAWD_COMMAND_ENVIRONMENT" });
    for (const name of [
      "LD_PRELOAD",
      "NODE_OPTIONS",
      "GIT_SSH_COMMAND",
      "npm_execpath",
      "BASH_ENV",
      "PATH",
    ]) {
      expect(() => hostEnvironment({ settable: [name] })).toThrowError(refused);
      expect(() => hostEnvironment({ variables: { [name]: "x" } })).toThrowError(refused);
    }
    expect(() => hostEnvironment({ path: ["bin"] })).toThrowError(refused);
  });
});

test("a program of the workspace is not found under the name of another", async () => {
  world.file("git", "#!/bin/sh\necho fake\n");
  await world.call(bash, { command: "chmod +x git" });
  expect((await world.call(bash, { command: "git --version" })).text).not.toContain("fake");
});
