# SPDX-License-Identifier: Apache-2.0
# Short names for the scripts.  CMake does the building.
PRESET = release
PREFIX = /usr/local

.PHONY: help demo check build install tidy format mutate coverage valgrind \
	deb clean

help:
	@echo 'make demo      attest a simulated board, tamper with a GPU, and see it refused'
	@echo 'make check     build with and without sanitizers, run every test and check'
	@echo 'make build     build [PRESET=release]'
	@echo 'make install   install what was built [PREFIX=/usr/local DESTDIR=]'
	@echo 'make deb       Debian packages of what is here, into build/packages'
	@echo 'make mutate    break each check and see a test fail [FILES=src/spdm]: an hour'
	@echo 'make coverage  lines of parsers and checks that the tests run: 4 minutes'
	@echo 'make valgrind  the quick test programs under valgrind: 10 minutes'
	@echo 'make tidy      clang-tidy on everything but tests: 9 minutes of a processor'
	@echo 'make format    clang-format on everything'
	@echo 'make clean     remove build/'

demo:
	sh scripts/demo

check:
	sh scripts/ci

build:
	sh scripts/setup build
	sh scripts/build $(PRESET)

install:
	cmake --install build/$(PRESET) --prefix $(PREFIX)

deb:
	sh scripts/package

tidy:
	sh scripts/tidy

mutate:
	scripts/mutate $(FILES)

coverage:
	scripts/coverage

valgrind:
	sh scripts/valgrind

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build
