#pragma once

#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

// A command line of `--name value` pairs.
class Arguments {
 public:
  // Ends the program with 2 and the usage when the line is no such list.
  Arguments(int count, char** values, const std::string& usage) : usage_(usage) {
    for (int i = 1; i < count; i += 2) {
      const std::string name = values[i];
      if (name.rfind("--", 0) != 0 || i + 1 == count) Misused();
      values_[name.substr(2)] = values[i + 1];
    }
  }

  bool Has(const std::string& name) const { return values_.count(name) > 0; }

  std::string Get(const std::string& name) const {
    if (!Has(name)) Misused();
    return values_.at(name);
  }

  // What is in the file that an argument names.
  std::string Read(const std::string& name) const {
    std::ifstream file(Get(name), std::ios::binary);
    if (!file) {
      std::cerr << "cannot read " << Get(name) << "\n";
      std::exit(1);
    }
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  [[noreturn]] void Misused() const {
    std::cerr << "usage: " << usage_ << "\n";
    std::exit(2);
  }

 private:
  std::string usage_;
  std::map<std::string, std::string> values_;
};
