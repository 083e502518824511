# cmake -DOUTPUT=x.c -DHEADER=x.h -DPREFIX=p -DFILES="a.bash;b.zsh" -P embed.cmake
# Writes each file as a NUL-terminated array of characters, with a pointer to
# it that is named after the file: <PREFIX>_<name>, other characters being "_".
set(code "/* Made by cmake/embed.cmake. */\n#include \"${HEADER}\"\n")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "[^A-Za-z0-9]" "_" name ${name})
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(REGEX REPLACE "(................................................................................),"
    "\\1,\n\t" bytes "${bytes}")
  string(APPEND code
    "\nstatic const char bytes_${name}[] = {\n\t${bytes}0\n};\n"
    "const char *const ${PREFIX}_${name} = bytes_${name};\n")
endforeach()
file(WRITE ${OUTPUT} "${code}")
