#!/bin/sh
# Makes .venv and installs the pinned requirements of one purpose (run, test or bench); quick when nothing has changed.
set -u

purpose=$1
cd "$(dirname "$0")/.." || exit 1
venv=.venv
pins=requirements/$purpose.txt
log=$venv/set-up.log
stamp=$venv/$purpose.installed

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

recent() { # whether $1 is a Python that is new enough
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11; do
        if recent "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

make_venv() {
    python=$(find_python)
    [ -n "$python" ] || fail "找不到 Python 3.11 或更新版本；请安装，或用 make PYTHON=路径 指定。 Python 3.11 or newer was not found: install it, or name it with make PYTHON=path."
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$python 缺少 venv 模块；Debian、Ubuntu 请执行 apt-get install python3-venv。 $python has no venv: on Debian or Ubuntu, apt-get install python3-venv."
    "$python" -m venv --clear $venv >/dev/null 2>&1 || fail "无法在 $PWD/$venv 建立虚拟环境；请检查目录权限和磁盘空间。 No virtual environment could be made in $PWD/$venv: check permissions and free space."
}

install() {
    $venv/bin/python -m pip install --disable-pip-version-check --no-input --quiet \
        --require-hashes --only-binary :all: --requirement "$pins" >$log 2>&1
}

explain() {
    missing=$(sed -n 's/.*No matching distribution found for \([^ ]*\).*/\1/p' $log | head -n 1)
    if grep -q 'DO NOT MATCH THE HASHES' $log; then
        fail "下载的软件包与 $pins 中的校验值不符，已拒绝安装；详见 $log。 A downloaded package does not match its hash in $pins and was refused: see $log."
    elif grep -q 'NewConnectionError\|ConnectTimeout\|ReadTimeout\|ProxyError' $log; then
        fail "无法连接软件包源；请检查网络后重试，详见 $log。 The package index was not reached: check the network and try again, see $log."
    elif [ -n "$missing" ]; then
        platform=$($venv/bin/python -c 'import platform, sysconfig; print(sysconfig.get_platform(), platform.python_version())')
        fail "软件包 $missing 没有适合本平台（$platform）的安装包，详见 $log。 There is no wheel of $missing for this platform ($platform): see $log."
    fi
    fail "安装 $pins 失败；详见 $log。 Installing $pins failed: see $log."
}

recent $venv/bin/python && $venv/bin/python -c 'import pip' 2>/dev/null || make_venv
cmp -s "$pins" "$stamp" && exit 0
echo "正在安装 $pins …… Installing $pins ..."
install || explain
# The pins for the bench hold those for tests, and these those for running.
[ "$purpose" = bench ] && cp requirements/test.txt $venv/test.installed
[ "$purpose" = run ] || cp requirements/run.txt $venv/run.installed
ln -sf ../../bin/huiying $venv/bin/huiying
cp "$pins" "$stamp"
