#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Debian packages: what is in them, that they are the same bytes again, and
# that they do their work in a tree where nothing else is.
# shellcheck disable=SC2317 # pack and inside are called by expect_exit
. "$GA_SOURCE_DIR/test/support/tap.sh"
cd "$GA_SOURCE_DIR" || exit 70

it "has what packages are made with"
missing=
for tool in dpkg-deb dpkg-shlibdeps dpkg-gencontrol; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    skip "not here:$missing (scripts/setup package)"
    done_testing
fi
made

# pack DIR: the packages of this build, into DIR.  Its prefix is not that of a
# package, which shows in the server's unit alone.
pack() {
    GA_PACKAGE_BUILD=$GA_BUILD_DIR GA_PACKAGE_OUT=$1 sh scripts/package
}
version=$(awk '/^#define GPUATTEST_VERSION_(MAJOR|MINOR|PATCH) / {
    printf "%s%s", dot, $3; dot = "." }' include/gpuattest/version.h)
debs=$tap_dir/debs

# deb NAME: the file of a package.
deb() {
    echo "$debs/$1"_*.deb
}

field() {
    dpkg-deb -f "$(deb "$1")" "$2"
}

it "makes every package of what is here"
expect_exit 0 pack "$debs"
for name in libgpuattest0 libgpuattest-net0 libgpuattest-dev gpuattest \
    gpuattest-sim gpuattest-nvattest gpuattest-server; do
    expect_equal "$name $version" "$(field "$name" Package) $(field "$name" Version)"
done

it "makes the same bytes again"
expect_exit 0 pack "$tap_dir/again"
for file in "$debs"/*.deb; do
    expect_exit 0 cmp "$file" "$tap_dir/again/${file##*/}"
done

it "puts each file into one package"
for file in "$debs"/*.deb; do
    dpkg-deb -c "$file" | awk '!/^d/ { print $6 }'
done | sort >"$tap_dir/files"
expect_equal "" "$(uniq -d "$tap_dir/files")"
expect_equal "" "$(grep -E '^\./usr/local|^\./home|^\./tmp' "$tap_dir/files")"

it "installs what it installs without packages"
DESTDIR=$tap_dir/plain cmake --install "$GA_BUILD_DIR" --prefix /usr >/dev/null
(cd "$tap_dir/plain" && find . ! -type d) | sed 's,/man/\(.*\)\.gz$,/man/\1,' |
    sort >"$tap_dir/plain_files"
sed 's,\(/man/.*\)\.gz$,\1,' "$tap_dir/files" | sort >"$tap_dir/packed_files"
# The licence is each package's copyright, and configuration has no prefix.
expect_equal "./usr/etc/gpuattest/server.conf
./usr/share/doc/gpuattest/LICENSE" \
    "$(comm -23 "$tap_dir/plain_files" "$tap_dir/packed_files")"
expect_equal "/etc/gpuattest/server.conf" \
    "$(dpkg-deb -I "$(deb gpuattest-server)" conffiles)"

it "needs the libraries that it links, and its own of the same version"
expect_equal "libgpuattest0 (= $version)" \
    "$(field libgpuattest-net0 Depends | sed 's/,.*//')"
for need in libcurl4 libssl3 libjansson4; do
    expect_equal "$need" "$(field libgpuattest-net0 Depends | grep -o "$need" | head -n 1)"
done
expect_equal "" "$(field gpuattest Depends | grep -o libcurl)"
expect_equal "" "$(field libgpuattest0 Depends | grep -o -e curl -e microhttpd)"
expect_equal "libgpuattest-net0 (= $version)" "$(field gpuattest Recommends)"
expect_equal "gpuattest (= $version)" "$(field gpuattest-nvattest Depends)"

it "links nvattest to gpuattest"
expect_equal "./usr/bin/nvattest gpuattest" "$(dpkg-deb -c \
    "$(deb gpuattest-nvattest)" | awk '$6 ~ /bin\/nvattest$/ { print $6, $8 }')"

it "works in a tree where nothing else is"
# shellcheck disable=SC2016 # apt expands it
mirror=$(apt-get indextargets --format '$(SITE) $(CODENAME)' \
    'Created-By: Packages' 2>/dev/null | head -n 1)
if ! command -v debootstrap >/dev/null; then
    skip "no debootstrap (scripts/setup package)"
    done_testing
elif [ "$(id -u)" -ne 0 ]; then
    skip "not root, whom debootstrap needs"
    done_testing
elif [ -z "$mirror" ]; then
    skip "apt names no mirror"
    done_testing
fi
# Packages of the system are kept beside the build; libraries are those that the
# packages ask for.  tcc is a compiler of one package.
cache=$GA_BUILD_DIR/debootstrap
root=$tap_dir/root
mkdir -p "$cache"
site=${mirror% *}
if ! debootstrap --variant=minbase --cache-dir="$cache" \
    --include=tcc,systemd-standalone-sysusers,libc6-dev,pkg-config,libssl-dev,libexpat1-dev,libjansson-dev,libcurl4-openssl-dev,libmicrohttpd12 \
    "${mirror#* }" "$root" "$site" >"$tap_dir/debootstrap.log" 2>&1; then
    skip "debootstrap fails: $(tail -n 1 "$tap_dir/debootstrap.log")"
    done_testing
fi
mkdir "$root/debs"
cp "$debs"/*.deb "$root/debs"
cp -r examples "$root/examples"
expect_exit 0 chroot "$root" sh -c 'dpkg -i /debs/*.deb'

it "runs the command there, under both names"
expect_exit 0 chroot "$root" gpuattest version
expect_stdout_has "gpuattest: $version"
expect_exit 0 chroot "$root" nvattest version
expect_exit 4 chroot "$root" nvattest attest
expect_stderr_has "libnvidia-ml.so.1"
expect_exit 0 chroot "$root" gpuattest-server --help
expect_exit 0 grep -q "^gpuattest:" "$root/etc/passwd"
expect_exit 0 chroot "$root" test -e /usr/share/man/man1/gpuattest-verify.1.gz

it "builds the examples there"
for name in verify attest remote token; do
    expect_exit 0 chroot "$root" sh -c "tcc -o /$name /examples/$name.c \
        \$(pkg-config --cflags --libs libgpuattest-net libgpuattest)"
done
expect_exit 2 chroot "$root" /verify

# inside WORDS...: with /proc, which the simulator finds itself in; the mount goes
# with the command.
inside() {
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare -m sh -c 'mount -t proc proc "$1/proc" && exec chroot "$@"' - \
        "$root" "$@"
}

it "attests simulated devices there, with the command and with the example"
if ! inside true 2>/dev/null; then
    skip "/proc cannot be mounted here"
fi
expect_exit 0 inside gpuattest-sim run --gpus 2 -- gpuattest attest
expect_equal "VERIFIED 2 GPUs" "$(tail -n 1 "$tap_dir/stdout")"
# shellcheck disable=SC2016 # the simulator's shell expands it
expect_exit 0 inside gpuattest-sim run --gpus 1 -- sh -c '
    exec /attest rim-url "$GPUATTEST_RIM_URL" ocsp-url "$GPUATTEST_OCSP_URL" \
        device-anchor "$GPUATTEST_DEVICE_ANCHOR" no-cache true \
        rim-anchor "$GPUATTEST_RIM_ANCHOR"'
expect_stdout "VERIFIED 1 GPU"

it "refuses to mix versions"
expect_exit 0 chroot "$root" dpkg -r gpuattest-nvattest gpuattest \
    libgpuattest-dev libgpuattest-net0 libgpuattest0 gpuattest-sim \
    gpuattest-server
expect_exit 1 chroot "$root" sh -c 'dpkg -i /debs/libgpuattest-net0_*.deb'
expect_stderr_has "libgpuattest0"
done_testing
