#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is installed is enough: the template of a plugin and an example are built against an installed tree and run.

Arguments: meson, the source root, the build root.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

count, failed = 0, 0


def check(name, truth, detail=""):
    global count, failed
    count += 1
    failed += not truth
    print(f"{'ok' if truth else 'not ok'} {count} {name}", flush=True)
    for line in [] if truth else detail.splitlines()[:20]:
        print(f"# {line}")


def main():
    meson, source, build = sys.argv[1:]
    with tempfile.TemporaryDirectory() as root:
        subprocess.run([meson, "install", "-C", build, "--no-rebuild", "--destdir", root], check=True, capture_output=True)
        pc = next(os.path.join(path, name) for path, _, names in os.walk(root) for name in names if name == "auto-sdk-1.pc")
        lib = os.path.dirname(os.path.dirname(pc))
        prefix = subprocess.run(["pkg-config", "--variable=prefix", pc], check=True, capture_output=True, text=True).stdout.strip()
        env = {**os.environ, "PKG_CONFIG_PATH": os.path.dirname(pc), "LD_LIBRARY_PATH": lib}
        run = lambda *command, **more: subprocess.run(command, capture_output=True, text=True, env={**env, **more})
        compiler = shlex.split(os.environ.get("CC", "cc"))
        auto = os.path.join(root + prefix, "bin", "auto")

        def flags(package):
            text = run("pkg-config", "--cflags", "--libs", package).stdout
            return [flag.replace(prefix, root + prefix, 1) if flag[2:].startswith(prefix + "/") else flag for flag in shlex.split(text)]

        plugin = os.path.join(root, "template.so")
        done = run(*compiler, "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Werror", os.path.join(source, "sdk/template/template.c"), "-o", plugin,
                   *flags("auto-sdk-1"))
        check("the template of a plugin builds", done.returncode == 0, done.stderr)
        done = run(os.path.join(root + prefix, "bin", "auto-plugin-check"), "--write-sidecar", plugin)
        check("its sidecar is written", done.returncode == 0 and os.path.exists(os.path.join(root, "template.plugin")), done.stderr)
        done = run(os.path.join(root + prefix, "bin", "auto-plugin-check"), plugin)
        check("it is found good", done.returncode == 0, done.stdout + done.stderr)
        done = run(auto, "inspect", "template", "--json", AUTO_PLUGIN_PATH=root)
        check("it is listed", done.returncode == 0 and "template" in json.loads(done.stdout)[0]["architectures"], done.stderr)
        done = run(*compiler, "-Wall", "-Werror", os.path.join(source, "examples/embed.c"), "-o", os.path.join(root, "embed"), *flags("auto-1"))
        check("an example builds", done.returncode == 0, done.stderr)
        done = run(auto, "inspect", "--tasks", "--json", AUTO_PLUGIN_PATH=os.path.join(lib, "auto-1/plugins"))
        check("the installed plugins are found", done.returncode == 0 and json.loads(done.stdout)["AutoModel"], done.stderr)
        size = sum(os.path.getsize(os.path.join(lib, name)) for name in os.listdir(lib) if name.endswith(".so.0.1.0"))
        print(f"# the libraries take {size} bytes")
    print(f"1..{count}")
    sys.exit(failed > 0)


main()
